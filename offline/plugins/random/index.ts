import { serve } from "../kit";
import { random } from "./package";

serve(random);
