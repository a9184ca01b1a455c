import type { VirtualMachine } from "@azure/arm-compute";
import { printable } from "../../components/evidence/judge";

/** How a virtual machine stands: ready to be asked, on its way, or switched off. */
export type MachineState =
  | { readonly kind: "ready" }
  | { readonly kind: "coming"; readonly text: string }
  | { readonly kind: "off"; readonly text: string };

const OFF = new Set(["deallocated", "stopped"]);

/** From the machine's instance view. */
export function stateOf({ instanceView }: VirtualMachine): MachineState {
  const power = instanceView?.statuses?.map(({ code }) => code ?? "").find((code) => /^PowerState\//i.test(code))?.slice("PowerState/".length).toLowerCase();
  if (power !== undefined && OFF.has(power)) return { kind: "off", text: `it is switched off (${power})` };
  if (power !== "running") return { kind: "coming", text: `its power state is ${printable(power ?? "unknown")}` };
  const agent = instanceView?.vmAgent?.statuses?.[0];
  if (agent === undefined) return { kind: "coming", text: "its agent has not reported yet" };
  if (agent.displayStatus?.toLowerCase() === "ready") return { kind: "ready" };
  const detail = [agent.displayStatus, agent.message].filter((text) => text !== undefined && text !== "").join(": ");
  return { kind: "coming", text: `its agent is not ready (${printable(detail || "unknown")})` };
}

/** Names of tags heed no case in Azure, values do. */
export function bears(machine: VirtualMachine, tags: Readonly<Record<string, string>>): boolean {
  const own = new Map(Object.entries(machine.tags ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  return Object.entries(tags).every(([name, value]) => own.get(name.toLowerCase()) === value);
}
