import type { local } from "@pulumi/command";
import type { RandomIdArgs } from "@pulumi/random";
import type { PlannedOf } from "../graph/planned";
import { planner } from "../graph/planned";

/** What a fleet is made of wherever it lives. */
export interface CommonTypes {
  "command:local:Command": local.CommandArgs;
  "random:index/randomId:RandomId": RandomIdArgs;
}

export type CommonPlanned = PlannedOf<CommonTypes>;

export const plan = planner<CommonTypes>();
