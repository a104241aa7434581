import { serve } from "../kit";
import { nomad } from "./package";

serve(nomad);
