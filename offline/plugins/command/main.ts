import { serve } from "../kit";
import { commandPackage } from "./package";

/** Set when this file is bundled: the version of the npm package. */
declare const __PLUGIN_VERSION__: string;

serve(commandPackage(__PLUGIN_VERSION__));
