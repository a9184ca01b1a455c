import { randomUUID } from "node:crypto";
import { lastName } from "../azure/arm-id";
import { addressesOf, hostName } from "../azure/machine-addresses";
import { findObject, partsOf } from "../azure/objects";
import { appendBlob, readBlob } from "../azure/storage-access";
import { RUN_COMMAND } from "../azure/types";
import { answerFault } from "../guest/faults";
import { answerTo, type GuestMachine } from "../guest/windows";
import { equal, record, text, type JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { parseBody, type CommandBody } from "./command-body";
import { ArmError } from "./error";
import { isRunning, machineId } from "./machine";

/** Azure allows no more on one machine. */
const MOST = 25;
/** Azure keeps the end of what a run wrote. */
const OUTPUT_BYTES = 4096;
/** An agent fetches its command a moment after it was sent. */
const PICK_UP_MS = 30;
const NOT_STARTED = -1;

interface View {
  readonly executionState: "Pending" | "Running" | "Succeeded" | "Failed" | "TimedOut";
  readonly executionMessage?: string;
  readonly exitCode?: number;
  readonly output?: string;
  readonly error?: string;
}

const underway = (command: CloudObject): boolean => ["Creating", "Updating"].includes(text(command.properties["provisioningState"]));

/** Managed run commands: objects of the cloud, like everything that a PUT makes; whoever takes their machine away takes them too. */
export class RunCommands {
  constructor(private readonly store: CloudStore) {}

  get(id: string): CloudObject {
    const found = findObject(this.store, RUN_COMMAND, id);
    if (found === undefined) throw new ArmError(404, "ResourceNotFound", `The Resource 'Microsoft.Compute/virtualMachines/runCommands/${lastName(id)}' was not found.`);
    return found;
  }

  of(machine: CloudObject): CloudObject[] {
    return partsOf(this.store, RUN_COMMAND, machine.id);
  }

  /** Whether it runs: the same request once more does nothing. */
  put(machine: CloudObject, id: string, body: JsonRecord): { readonly command: CloudObject; readonly made: boolean; readonly runs: boolean } {
    const parsed = parseBody(body);
    const old = findObject(this.store, RUN_COMMAND, id);
    if (old !== undefined && equal(record(old.properties["body"]), body)) return { command: old, made: false, runs: underway(old) };
    if (old !== undefined && underway(old)) throw new ArmError(409, "Conflict", `Another operation on run command '${lastName(id)}' is in progress.`);
    if (!isRunning(machine)) throw new ArmError(409, "OperationNotAllowed", "Cannot modify extensions in the VM when the VM is not running.");
    const count = this.of(machine).length;
    if (old === undefined && count >= MOST) {
      throw new ArmError(400, "BadRequest", `The maximum number of managed Run commands (max=${MOST}, current=${count}) has been exceeded. Use fewer Run commands and retry the request.`);
    }
    const run = randomUUID();
    const command = this.keep(old?.id ?? id, { body, run, provisioningState: old === undefined ? "Creating" : "Updating" }, { executionState: "Pending" });
    this.store.event({ op: "send", type: RUN_COMMAND, id: machineId(machine), name: hostName(machine) });
    setTimeout(() => this.start(machine, command, parsed), PICK_UP_MS).unref();
    return { command, made: old === undefined, runs: true };
  }

  /** A run that is still going on ends with it. */
  remove(id: string): boolean {
    const found = findObject(this.store, RUN_COMMAND, id);
    if (found !== undefined) this.store.remove(RUN_COMMAND, found.id);
    return found !== undefined;
  }

  view({ id, properties }: CloudObject, expanded: boolean): JsonRecord {
    const { location, tags, properties: given } = record(properties["body"]);
    return {
      id,
      name: lastName(id),
      type: "Microsoft.Compute/virtualMachines/runCommands",
      location,
      ...(tags === undefined ? {} : { tags }),
      properties: { ...record(given), provisioningState: properties["provisioningState"], ...(expanded ? { instanceView: properties["view"] } : {}) },
    };
  }

  private keep(id: string, properties: JsonRecord, view: View): CloudObject {
    const command = { type: RUN_COMMAND, id, name: "", properties: { ...properties, view: { ...view } } };
    this.store.put(command);
    return command;
  }

  private start(machine: CloudObject, command: CloudObject, body: CommandBody): void {
    // Deleted, or overwritten, since it was sent.
    const isCurrent = (): boolean => this.store.get(RUN_COMMAND, command.id)?.properties["run"] === command.properties["run"];
    if (!isCurrent()) return;
    this.keep(command.id, command.properties, { executionState: "Running" });
    const answer = answerFault(this.store, hostName(machine));
    if (answer === "never") return;
    const view: View = answer === "timed-out" ? { executionState: "TimedOut", executionMessage: `Script execution timed out after ${body.timeoutInSeconds} seconds.` } : this.execute(machine, body);
    if (!isCurrent()) return;
    const failed = view.executionState !== "Succeeded" && (body.treatFailureAsDeploymentFailure || view.exitCode === NOT_STARTED);
    this.keep(command.id, { ...command.properties, provisioningState: failed ? "Failed" : "Succeeded" }, view);
  }

  private execute(machine: CloudObject, body: CommandBody): View {
    const { store } = this;
    const notStarted = (executionMessage: string): View => ({ executionState: "Failed", executionMessage, exitCode: NOT_STARTED, output: "", error: "" });
    try {
      const script = readBlob(store, { machine, url: body.scriptUri, clientId: body.scriptIdentity });
      if ("refused" in script) return notStarted(`File download failed: ${script.refused} Make sure that the managed identity has been given 'Storage Blob Data Reader' on the container.`);
      const write = (text: string): string | undefined => (body.outputUri === "" ? undefined : appendBlob(store, { machine, url: body.outputUri, clientId: body.outputIdentity }, text));
      const refused = write("");
      if (refused !== undefined) return notStarted(`Error creating AppendBlob: ${refused} Make sure that the managed identity has been given 'Storage Blob Data Contributor' on the container.`);
      const { output, exitCode, error = "" } = answerTo(store, guestOf(store, machine), script.text, body.parameters);
      write(output);
      return { executionState: exitCode === 0 ? "Succeeded" : "Failed", executionMessage: "", exitCode, output: lastBytes(output), error: lastBytes(error) };
    } catch (error) {
      // A fault of the sandbox is a failed command, not a dead endpoint.
      return notStarted(`the sandbox failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }
}

/** The machine as its agent sees it: it brings no secret, the vault's extension does. */
export const guestOf = (store: CloudStore, machine: CloudObject): GuestMachine => ({
  id: machineId(machine),
  host: hostName(machine),
  addresses: addressesOf(store, machine),
  nodeList: (setting) => {
    const found = readBlob(store, { machine, url: setting("NodesUrl"), clientId: setting("Identity") });
    return "refused" in found ? undefined : found;
  },
});

function lastBytes(text: string): string {
  const bytes = Buffer.from(text);
  return bytes.length <= OUTPUT_BYTES ? text : bytes.subarray(-OUTPUT_BYTES).toString("utf8");
}
