import { killedAtAFewPoints } from "../kill/few";

killedAtAFewPoints("azure");
