import { ChannelError } from "./channel";
import { Backoff, type Patience } from "./patience";

/** What a cloud's errors mean. */
export interface Reading {
  /** Worth asking again. */
  readonly isTransient: (error: unknown) => boolean;
  /** One line for people. */
  readonly text: (error: unknown) => string;
}

/**
 * One request, asked again while the cloud is in trouble.
 *
 * @param operation the right that it takes, for messages
 * @throws ChannelError for what will not mend itself, and when patience ends
 */
export async function patiently<T>(operation: string, patience: Patience, { isTransient, text }: Reading, send: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const backoff = new Backoff();
  let last = "no answer";
  while (!patience.over) {
    try {
      return await send(patience.signal());
    } catch (error) {
      if (!isTransient(error)) throw new ChannelError(`${operation}: ${text(error)}`);
      if (!patience.over) last = text(error);
    }
    await backoff.pause(patience);
  }
  throw new ChannelError(`${operation}: not done within ${patience.text}: ${last}`);
}
