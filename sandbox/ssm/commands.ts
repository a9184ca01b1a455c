import { answerFault } from "../guest/faults";
import { answerTo, restartMachine } from "../guest/windows";
import type { JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { environmentOf, renderCommand, type SsmDocument } from "./document";
import { fetched, type AgentScript } from "./fetch";
import { MOST_RESTARTS, RESTARTS } from "./restart";
import { hostName, machineOf } from "./windows";

/** GetCommandInvocation returns this many characters of output; the rest is in S3 or CloudWatch. */
const OUTPUT_CHARACTERS = 24_000;
/** An agent fetches its command a moment after it was sent. */
const PICK_UP_MS = 30;
/** A machine is away while it starts anew. */
const RESTART_MS = 60;

export interface Command {
  readonly id: string;
  readonly document: string;
  readonly comment: string;
  readonly requested: number;
}

interface Invocation {
  readonly command: Command;
  readonly instanceId: string;
  readonly step: string;
  status: "Pending" | "InProgress" | "Success" | "Failed" | "TimedOut";
  output: string;
  error: string;
  exitCode: number;
  /** Systems Manager is eventually consistent: the first look after SendCommand finds nothing. */
  looked: boolean;
}

/** Commands that were sent, as long as this endpoint lives. */
export class Commands {
  private readonly invocations = new Map<string, Invocation>();

  constructor(
    private readonly store: CloudStore,
    private readonly region: string,
  ) {}

  send(command: Command, instance: CloudObject, document: SsmDocument, values: Readonly<Record<string, string>>): void {
    const step = document.steps[0];
    const invocation: Invocation = { command, instanceId: instance.id, step: step?.name ?? "", status: "Pending", output: "", error: "", exitCode: -1, looked: false };
    this.invocations.set(`${command.id} ${instance.id}`, invocation);
    this.store.event({ op: "send", type: "aws:ssm/command:Command", id: instance.id, name: hostName(instance) });
    if (step === undefined) return;
    setTimeout(() => this.run(invocation, instance, { script: renderCommand(step, values), environment: environmentOf(document, values) }), PICK_UP_MS).unref();
  }

  private run(invocation: Invocation, instance: CloudObject, script: AgentScript, restarts = 0): void {
    invocation.status = "InProgress";
    const answer = answerFault(this.store, hostName(instance));
    if (answer === "never") return;
    if (answer === "timed-out") {
      invocation.status = "TimedOut";
      return;
    }
    const { output, exitCode, error } = fetched(this.store, machineOf(this.store, instance, this.region), script, answerTo);
    // The agent goes on in the file that it has begun.
    invocation.output += output;
    if (exitCode === RESTARTS && restarts < MOST_RESTARTS) {
      restartMachine(this.store, instance.id);
      setTimeout(() => this.run(invocation, instance, script, restarts + 1), RESTART_MS).unref();
      return;
    }
    invocation.exitCode = exitCode;
    invocation.error = error ?? "failed to run commands: exit status 1";
    invocation.status = invocation.exitCode === 0 ? "Success" : "Failed";
  }

  look(commandId: string, instanceId: string): JsonRecord | undefined {
    const found = this.invocations.get(`${commandId} ${instanceId}`);
    if (found === undefined) return undefined;
    if (!found.looked) {
      found.looked = true;
      return undefined;
    }
    return {
      CommandId: commandId,
      InstanceId: instanceId,
      Comment: found.command.comment,
      DocumentName: found.command.document,
      DocumentVersion: "$DEFAULT",
      PluginName: found.step,
      ResponseCode: found.exitCode,
      Status: found.status,
      StatusDetails: found.status,
      StandardOutputContent: found.output.slice(0, OUTPUT_CHARACTERS),
      StandardErrorContent: found.status === "Failed" ? found.error : "",
      CloudWatchOutputConfig: { CloudWatchLogGroupName: "", CloudWatchOutputEnabled: false },
    };
  }

  list(commandId: string, instanceId: string, details: boolean): JsonRecord[] {
    return [...this.invocations.values()]
      .filter((one) => (commandId === "" || one.command.id === commandId) && (instanceId === "" || one.instanceId === instanceId))
      .map((one) => ({
        CommandId: one.command.id,
        InstanceId: one.instanceId,
        Comment: one.command.comment,
        DocumentName: one.command.document,
        RequestedDateTime: one.command.requested,
        Status: one.status,
        StatusDetails: one.status,
        CommandPlugins: details ? [{ Name: one.step, Status: one.status, StatusDetails: one.status, ResponseCode: one.exitCode, Output: one.output.slice(0, 2500) }] : [],
      }));
  }
}
