import { killedAtAFewPoints } from "../kill/few";

killedAtAFewPoints("aws");
