import type { Checkpoint } from "./checkpoint";
import type { Place } from "./clouds";
import type { UnknownDoors } from "./doors";
import type { Found } from "./find";
import type { Lock } from "./locks";

/** What was seen, and what is to be done about it. */
export interface Plan {
  readonly checkpoint: Checkpoint;
  /** URNs of what the state knows and the clouds do not have. */
  readonly gone: readonly string[];
  readonly places: readonly Place[];
  /** Undefined where only the backend knows. */
  readonly locks: readonly Lock[] | undefined;
  readonly doors: readonly UnknownDoors[];
  readonly found: Found;
  /** Why not all could be seen: what the program wants, or what is in a cloud. */
  readonly obstacle?: string;
}
