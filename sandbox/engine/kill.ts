import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readAccount, type KillFault } from "../store/account";
import type { Call } from "./resource";

const NEVER = new Promise<never>(() => undefined);

/** Kills whom the account's faults say, at this point of this operation. Whoever waits here never goes on. */
export async function strike(call: Call, operation: KillFault["operation"], when: KillFault["when"]): Promise<void> {
  const { root } = call.store;
  const fault = readAccount(root).killFaults.find((one) => one.resource === call.name && one.operation === operation && one.when === when);
  if (fault === undefined || !isFirst(root, fault)) return;
  // Plugins are children of their engine, and end themselves when it is gone.
  process.kill(fault.kill === "engine" ? process.ppid : process.pid, "SIGKILL");
  await NEVER;
}

/** Written down before it happens: the deployment after it goes undisturbed. */
function isFirst(root: string, fault: KillFault): boolean {
  const mark = createHash("sha256").update(JSON.stringify(fault)).digest("hex").slice(0, 16);
  try {
    writeFileSync(join(root, `.struck-${mark}`), JSON.stringify(fault), { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}
