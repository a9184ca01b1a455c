import { EC2Client } from "@aws-sdk/client-ec2";
import { awsText, isTransient } from "./aws-errors";
import { ChannelError } from "./channel";
import { nameOf } from "./errors";
import { Backoff, type Patience } from "./patience";

export interface Ec2Place {
  readonly region: string;
}

/** EC2's SDK, asked until there is an answer or patience ends. */
export class Ec2 {
  readonly #client: EC2Client;
  readonly #region: string;

  constructor({ region }: Ec2Place) {
    // The SDK's version is pinned to one that runs on Node 20; its advice would stand in every failure's text.
    process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
    this.#region = region;
    this.#client = new EC2Client({ region });
  }

  /**
   * The answer to one request, or undefined when EC2 refuses it with the code `absent`.
   *
   * @param operation as a policy names it
   */
  async asked<T>(operation: string, patience: Patience, send: (client: EC2Client, options: { abortSignal: AbortSignal }) => Promise<T>, absent?: string): Promise<T | undefined> {
    const backoff = new Backoff();
    let last = "no answer";
    while (!patience.over) {
      try {
        return await send(this.#client, { abortSignal: patience.signal() });
      } catch (error) {
        if (absent !== undefined && nameOf(error) === absent) return undefined;
        if (!isTransient(error)) throw this.#failed(operation, awsText(error));
        if (!patience.over) last = awsText(error);
      }
      await backoff.pause(patience);
    }
    throw this.#failed(operation, `no answer within ${patience.text}: ${last}`);
  }

  /** All pages of a list. */
  async listed<T>(operation: string, patience: Patience, page: (client: EC2Client, token: string | undefined, options: { abortSignal: AbortSignal }) => Promise<{ readonly items: readonly T[] | undefined; readonly next: string | undefined }>): Promise<readonly T[]> {
    const all: T[] = [];
    let token: string | undefined;
    do {
      const from = token;
      const found = await this.asked(operation, patience, (client, options) => page(client, from, options));
      all.push(...(found?.items ?? []));
      token = found?.next;
    } while (token !== undefined && token !== "");
    return all;
  }

  #failed(operation: string, why: string): ChannelError {
    return new ChannelError(`ec2:${operation} in ${this.#region}: ${why}`);
  }
}
