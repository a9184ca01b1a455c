import { control } from "./control";

/** Minutes from one audit to the next. */
const PERIOD = 15;

export const regularAudit = control({
  id: "regular-audit",
  title: "The audit runs on a schedule",
  guideline: "The host looks at itself at every start and every quarter of an hour.",
  layers: ["guest"],
  gate: false,
  guest: () => [{ kind: "scheduledTask", name: "secure-winrm-audit", everyMinutes: PERIOD, atStartup: true }],
});
