import type { VirtualMachineRunCommand } from "@azure/arm-compute";
import { RUN_COMMAND_PREFIX } from "../../components/guest/render";
import { printable } from "../../components/evidence/judge";
import type { Answer, Order } from "./channel";
import { scriptTrouble } from "./script-trouble";
import type { AzurePlace } from "./request";

/** Azure's own limit for what a run may take: the guest's script does its work in far less. */
const LONGEST_S = 1800;
/** Azure keeps the end of what a run wrote. */
const OUTPUT_BYTES = 4096;

export type Source = Pick<AzurePlace, "location" | "script" | "nodes" | "identity"> & { /** Container, and what stands before the blob's name. */ readonly output?: string };

/** What is asked of one machine. Another number of seconds makes another run: Azure does nothing for the same one again. */
export function runOf({ location, script, nodes, identity, output }: Source, { task, parameters }: Order, seconds: number): VirtualMachineRunCommand {
  const nonce = parameters["Nonce"] ?? "";
  return {
    location,
    source: { scriptUri: script, scriptUriManagedIdentity: { clientId: identity } },
    parameters: Object.entries({ NodesUrl: nodes, Identity: identity, ...parameters }).filter(([, value]) => value !== "").map(([name, value]) => ({ name: `${RUN_COMMAND_PREFIX}${name}`, value })),
    asyncExecution: false,
    // Left out, a script that fails would be a success.
    treatFailureAsDeploymentFailure: true,
    timeoutInSeconds: seconds,
    ...(output !== undefined && { outputBlobUri: `${output}/${task}-${nonce}.txt`, outputBlobManagedIdentity: { clientId: identity } }),
  };
}

export const secondsFor = (left: number): number => Math.max(30, Math.min(LONGEST_S, Math.ceil(left / 1000)));

/** Whether what Azure shows is this very run, and not one before it or somebody else's. */
export function isSame(shown: VirtualMachineRunCommand, asked: VirtualMachineRunCommand): boolean {
  const nonce = ({ parameters }: VirtualMachineRunCommand) => parameters?.find(({ name }) => name === `${RUN_COMMAND_PREFIX}Nonce`)?.value;
  return nonce(shown) === nonce(asked) && shown.timeoutInSeconds === asked.timeoutInSeconds;
}

const DONE = new Set(["succeeded", "failed", "canceled"]);
const GOING = new Set(["pending", "running"]);

export function hasEnded({ provisioningState, instanceView }: VirtualMachineRunCommand): boolean {
  const state = provisioningState?.toLowerCase() ?? "";
  const execution = instanceView?.executionState?.toLowerCase() ?? "";
  if (!DONE.has(state) || GOING.has(execution)) return false;
  // The word that it succeeded may come before what it wrote.
  return state !== "succeeded" || (execution !== "" && execution !== "unknown");
}

/** The agent could not start the script: it was not there to be downloaded, or its output had nowhere to go. */
export function didNotStart({ instanceView }: VirtualMachineRunCommand): boolean {
  const execution = instanceView?.executionState?.toLowerCase() ?? "";
  return ["", "unknown", "failed"].includes(execution) && (instanceView?.output ?? "").trim() === "";
}

/** What Azure says about a run, for people. */
export function runText(name: string, { provisioningState, instanceView }: VirtualMachineRunCommand): string {
  const { executionState, exitCode, executionMessage, error } = instanceView ?? {};
  const parts = [executionState ?? provisioningState ?? "unknown", ...(exitCode === undefined ? [] : [`exit code ${exitCode}`])];
  const reason = [executionMessage, error].find((text) => text !== undefined && text.trim() !== "");
  return `run command ${name}: ${parts.map(printable).join(", ")}${reason === undefined ? "" : `: ${scriptTrouble(reason)}`}`;
}

export function answerOf(name: string, ended: VirtualMachineRunCommand): Answer {
  const { executionState, exitCode, output = "" } = ended.instanceView ?? {};
  const succeeded = executionState?.toLowerCase() === "succeeded" && (exitCode ?? 0) === 0 && ended.provisioningState?.toLowerCase() === "succeeded";
  const cut = Buffer.byteLength(output) >= OUTPUT_BYTES ? `, output cut by Azure to its last ${OUTPUT_BYTES} bytes` : "";
  return { kind: "answered", output, succeeded, run: `${runText(name, ended)}${cut}` };
}
