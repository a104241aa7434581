import { serve } from "../kit";
import { tls } from "./package";

serve(tls);
