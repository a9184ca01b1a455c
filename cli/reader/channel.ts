import type { Patience } from "./patience";

/** One run of the guest's script on hosts. */
export interface Order {
  /** What it is for: clouds that name a run are given this. */
  readonly task: string;
  /** The machines' own ids. */
  readonly instances: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
}

export type Answer =
  | { readonly kind: "answered"; readonly output: string; /** It ended with exit code 0. */ readonly succeeded: boolean; /** As the cloud calls it, for people. */ readonly run: string }
  | { readonly kind: "silent"; readonly reason: string };

export interface Managed {
  readonly instance: string;
  /** The computer's name, where the cloud knows it. */
  readonly name?: string;
  /** Why it cannot be asked now. @default - it can */
  readonly silent?: string;
}

/**
 * A cloud's own way to its machines, that needs no open port: SSM in AWS, run commands in Azure. It knows from its
 * request which script is run, and where a run's whole output goes. Every method ends within its patience; what it
 * cannot do it says with a `ChannelError`.
 */
export interface Channel {
  waitUntilManaged(instance: string, patience: Patience): Promise<void>;
  /** An answer for each of the order's instances; a run that is not done when patience ends is cancelled. */
  run(order: Order, patience: Patience): Promise<ReadonlyMap<string, Answer>>;
  /**
   * Starts a machine anew, and comes back when it is up. Left out where the machine's agent does that by itself when a
   * script ends with exit code 3010, and runs the script once more.
   */
  restart?(instance: string, patience: Patience): Promise<void>;
  /** Machines that bear all these tags, by their ids: also those that cannot be reached now. */
  find(tags: Readonly<Record<string, string>>, patience: Patience): Promise<readonly Managed[]>;
}

/** A failure that a person can read as it is. */
export class ChannelError extends Error {}
