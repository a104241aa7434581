import { serve } from "../kit";
import { docker } from "./package";

serve(docker);
