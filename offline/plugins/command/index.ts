import { serve } from "../kit";
import { command } from "./package";

serve(command);
