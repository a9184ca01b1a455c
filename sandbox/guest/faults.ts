import { readAccount, type AuditFault } from "../store/account";
import type { CloudStore } from "../store/store";

/** Faults of a host's audit, by the name that the program has for the host. */
export const auditFaults = (store: CloudStore, host: string): readonly AuditFault[] => readAccount(store.root).auditFaults.filter((fault) => fault.audit === host);

/** What the fault makes of the answer: none of it, the cloud giving up, or a forged one. */
export const answerFault = (store: CloudStore, host: string): AuditFault["answer"] => auditFaults(store, host).flatMap((fault) => fault.answer ?? [])[0];

const OLD_NONCE = "0".repeat(64);

/** The faults "wrong-host" and "old-nonce": the verdict line of somebody else, or of another time. */
export function forged(output: string, answer: AuditFault["answer"]): string {
  if (answer !== "wrong-host" && answer !== "old-nonce") return output;
  const lines = output.trimEnd().split("\n");
  const last = lines.pop() ?? "";
  const forgedLine =
    answer === "wrong-host"
      ? last.replace(/"instance":"([^"]*)"/, (_, instance: string) => `"instance":"${instance.replace(/[0-9a-f]/g, "0")}"`)
      : last.replace(/"nonce":"[^"]*"/, `"nonce":"${OLD_NONCE}"`);
  return [...lines, forgedLine, ""].join("\n");
}
