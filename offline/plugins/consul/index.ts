import { serve } from "../kit";
import { consul } from "./package";

serve(consul);
