import { isAltered } from "./events";
import { Machine } from "./machine";
import { runGuest, type GuestResult } from "./run";
import { SYSTEM } from "./sids";
import type { GuestCloud, HostState, Task } from "./state";

const TASK = "secure-winrm-keeper";

export type Trigger = "every" | "startup" | "renewal";

const isStarted = (task: Task | undefined, trigger: Trigger): boolean =>
  task !== undefined && task.enabled && task.user === SYSTEM && { every: true, startup: task.atStartup, renewal: task.onRenewal }[trigger];

/**
 * What the Task Scheduler does when a trigger comes: starts the script that is kept on the host, with no word from outside. The
 * task knows its hash, and starts no other.
 *
 * @returns undefined where no task takes this trigger, so that nothing happens at all
 */
export function keep(host: HostState, cloud: GuestCloud, trigger: Trigger = "every"): GuestResult | undefined {
  if (!isStarted(host.tasks[TASK], trigger) || host.kept.hash === "") return undefined;
  if (isAltered(host)) {
    const state = structuredClone(host);
    new Machine(state, cloud, false).tell("altered", JSON.stringify({ event: "altered", file: "keeper.ps1" }));
    return { state, output: "", exitCode: 1 };
  }
  const parameters = { Mode: "Apply", Run: "Maintenance", Nonce: "", Gate: "", Host: "", NodesHash: "", Pause: "" };
  return runGuest(host, { document: host.kept.text, parameters, cloud });
}
