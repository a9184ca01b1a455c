import { Command } from "@pulumi/command/local";
import { RandomId } from "@pulumi/random";
import type { Classes } from "../graph/realise";
import type { CommonTypes } from "./types";

export const commonClasses: Classes<CommonTypes> = { "command:local:Command": Command, "random:index/randomId:RandomId": RandomId };
