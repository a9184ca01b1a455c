import type { Patience } from "./patience";

/** One run of a document on hosts. */
export interface Order {
  readonly document: string;
  /** The machines' own ids. */
  readonly instances: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
  /** Where the run's whole output goes beside the answer. @default - nowhere */
  readonly logGroup?: string;
}

export type Answer =
  | { readonly kind: "answered"; readonly output: string; /** It ended with exit code 0. */ readonly succeeded: boolean; /** As the cloud calls it, for people. */ readonly run: string }
  | { readonly kind: "silent"; readonly reason: string };

export interface Managed {
  readonly instance: string;
  /** The computer's name, where the cloud knows it. */
  readonly name?: string;
}

/**
 * A cloud's own way to its machines, that needs no open port: SSM in AWS. One client per cloud stands behind it.
 * Every method ends within its patience; what it cannot do it says with a `ChannelError`.
 */
export interface Channel {
  waitUntilManaged(instance: string, patience: Patience): Promise<void>;
  /** An answer for each of the order's instances; a run that is not done when patience ends is cancelled. */
  run(order: Order, patience: Patience): Promise<ReadonlyMap<string, Answer>>;
  /** Machines that bear all these tags and can be reached now, by their ids. */
  find(tags: Readonly<Record<string, string>>, patience: Patience): Promise<readonly Managed[]>;
}

/** A failure that a person can read as it is. */
export class ChannelError extends Error {}
