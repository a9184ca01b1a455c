import {
  CancelCommandCommand,
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  SSMClient,
  SendCommandCommand,
  type InstanceInformation,
} from "@aws-sdk/client-ssm";
import { ChannelError, type Answer, type Channel, type Managed, type Order } from "./channel";
import { Backoff, Patience } from "./patience";
import { nameOf } from "./errors";
import type { AwsPlace } from "./request";
import { scriptTrouble } from "./script-trouble";
import { isTransient, awsText } from "./aws-errors";

/** SSM takes no more ids in one command. */
const BATCH = 50;
/** Requests in flight while waiting for many hosts. */
const ABREAST = 10;
/** A node that has just registered is refused for some seconds more. */
const REGISTERING_MS = 60_000;
/** SSM answers with the first 24,000 characters of the output and drops the rest. */
const OUTPUT_LIMIT = 24_000;

const ENDED = new Set(["Success", "Failed", "Cancelled", "TimedOut"]);

/** AWS Systems Manager as control channel, on the SDK alone. */
export class SsmChannel implements Channel {
  readonly #client: SSMClient;
  readonly #region: string;

  constructor(private readonly place: Pick<AwsPlace, "region" | "document" | "logGroup">) {
    // The SDK's version is pinned to one that runs on Node 20; its advice would stand in every failure's text.
    process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
    this.#region = place.region;
    this.#client = new SSMClient({ region: place.region });
  }

  async waitUntilManaged(instance: string, patience: Patience): Promise<void> {
    const backoff = new Backoff();
    let last = "it has never registered";
    while (!patience.over) {
      const [found] = (await this.#described([{ Key: "InstanceIds", Values: [instance] }], patience)) ?? [];
      if (found?.PingStatus === "Online") return;
      if (found !== undefined) last = `its last ping is ${found.PingStatus ?? "unknown"}`;
      await backoff.pause(patience);
    }
    throw new ChannelError(`not a managed node of SSM after ${patience.text}: ${last}; see that its role, its agent, and its way to the SSM endpoints (443) are in order`);
  }

  async find(tags: Readonly<Record<string, string>>, patience: Patience): Promise<readonly Managed[]> {
    const backoff = new Backoff();
    const filters = Object.entries(tags).map(([tag, value]) => ({ Key: `tag:${tag}`, Values: [value] }));
    while (!patience.over) {
      const found = await this.#described(filters, patience);
      if (found !== undefined) {
        return found.flatMap(({ InstanceId, PingStatus, ComputerName }) => {
          if (InstanceId === undefined) return [];
          const silent = PingStatus === "Online" ? {} : { silent: `SSM cannot reach it: its last ping is ${PingStatus ?? "unknown"}` };
          return [{ instance: InstanceId, name: ComputerName, ...silent }];
        });
      }
      await backoff.pause(patience);
    }
    throw new ChannelError(`SSM in ${this.#region} did not list the fleet within ${patience.text}`);
  }

  async run(order: Order, patience: Patience): Promise<ReadonlyMap<string, Answer>> {
    const pending = new Map<string, string>();
    const answers = new Map<string, Answer>();
    try {
      for (let i = 0; i < order.instances.length; i += BATCH) {
        const batch = order.instances.slice(i, i + BATCH);
        const command = await this.#send(order, batch, patience);
        for (const instance of batch) {
          if (command !== undefined) pending.set(instance, command);
          else answers.set(instance, { kind: "silent", reason: `SSM did not take the command within ${patience.text}` });
        }
      }
      await this.#collect(pending, answers, patience);
      for (const [instance, command] of pending) {
        answers.set(instance, { kind: "silent", reason: `no answer within ${patience.text}; the command ${command} was cancelled` });
      }
    } finally {
      await this.#cancel(pending);
    }
    return answers;
  }

  /** Asks for all that are missing, round after round, so that one silent host does not keep the others waiting. */
  async #collect(pending: Map<string, string>, answers: Map<string, Answer>, patience: Patience): Promise<void> {
    const backoff = new Backoff();
    while (pending.size > 0 && !patience.over) {
      await backoff.pause(patience);
      const round = [...pending];
      for (let i = 0; i < round.length && !patience.over; i += ABREAST) {
        await Promise.all(
          round.slice(i, i + ABREAST).map(async ([instance, command]) => {
            const answer = await this.#look(instance, command, patience);
            if (answer === undefined) return;
            answers.set(instance, answer);
            pending.delete(instance);
          }),
        );
      }
    }
  }

  async #send(order: Order, instances: string[], patience: Patience): Promise<string | undefined> {
    const backoff = new Backoff();
    const start = performance.now();
    const command = new SendCommandCommand({
      DocumentName: this.place.document,
      InstanceIds: instances,
      Parameters: Object.fromEntries(Object.entries(order.parameters).map(([name, value]) => [name, [value]])),
      // How long a host may take to fetch the command; SSM takes 30 seconds at the least.
      TimeoutSeconds: Math.max(30, Math.ceil(patience.left / 1000)),
      ...(this.place.logGroup !== undefined && { CloudWatchOutputConfig: { CloudWatchOutputEnabled: true, CloudWatchLogGroupName: this.place.logGroup } }),
    });
    while (!patience.over) {
      try {
        return (await this.#client.send(command, { abortSignal: patience.signal() })).Command?.CommandId;
      } catch (error) {
        const registering = nameOf(error) === "InvalidInstanceId" && performance.now() - start < REGISTERING_MS;
        if (!registering && !isTransient(error)) throw this.#fatal("SendCommand", error);
      }
      await backoff.pause(patience);
    }
    return undefined;
  }

  async #look(instance: string, command: string, patience: Patience): Promise<Answer | undefined> {
    try {
      const found = await this.#client.send(new GetCommandInvocationCommand({ CommandId: command, InstanceId: instance }), { abortSignal: patience.signal() });
      if (found.Status === undefined || !ENDED.has(found.Status)) return undefined;
      const output = found.StandardOutputContent ?? "";
      const cut = output.length >= OUTPUT_LIMIT ? ", output cut by SSM" : "";
      const succeeded = found.Status === "Success";
      // Of no use where the script has spoken: then it is the agent's word for its exit code.
      const said = succeeded ? "" : scriptTrouble(found.StandardErrorContent ?? "");
      const run = `command ${command}: ${found.StatusDetails ?? found.Status}${cut}${said === "" ? "" : `: ${said}`}`;
      return { kind: "answered", output, succeeded, run };
    } catch (error) {
      // SSM knows a command before it knows its invocations.
      if (nameOf(error) === "InvocationDoesNotExist" || isTransient(error)) return undefined;
      throw this.#fatal("GetCommandInvocation", error);
    }
  }

  /** Undefined: not now, ask again. */
  async #described(filters: { Key: string; Values: string[] }[], patience: Patience): Promise<InstanceInformation[] | undefined> {
    const all: InstanceInformation[] = [];
    let token: string | undefined;
    try {
      do {
        const page = await this.#client.send(new DescribeInstanceInformationCommand({ Filters: filters, NextToken: token }), { abortSignal: patience.signal() });
        all.push(...(page.InstanceInformationList ?? []));
        token = page.NextToken;
      } while (token !== undefined && token !== "");
      return all;
    } catch (error) {
      // A machine that has been made a moment ago is not yet an instance that SSM takes in a filter.
      if (nameOf(error) === "InvalidInstanceId" || isTransient(error)) return undefined;
      throw this.#fatal("DescribeInstanceInformation", error);
    }
  }

  /** Best effort: a host that still answers changes nothing any more, since nobody reads it. */
  async #cancel(pending: ReadonlyMap<string, string>): Promise<void> {
    const commands = new Map<string, string[]>();
    for (const [instance, command] of pending) commands.set(command, [...(commands.get(command) ?? []), instance]);
    await Promise.allSettled(
      [...commands].map(([CommandId, InstanceIds]) => this.#client.send(new CancelCommandCommand({ CommandId, InstanceIds }), { abortSignal: AbortSignal.timeout(5_000) })),
    );
  }

  #fatal(operation: string, error: unknown): ChannelError {
    return new ChannelError(`ssm:${operation} in ${this.#region}: ${awsText(error)}`);
  }
}
