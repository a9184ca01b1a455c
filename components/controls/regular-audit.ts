import { control } from "./control";
import { KEEPER_MINUTES } from "./tables/keeper";

export const regularAudit = control({
  id: "regular-audit",
  title: "The audit runs on a schedule",
  guideline: "The host looks at itself, and mends what it finds, at every start, when its certificate is renewed, and every quarter of an hour.",
  layers: ["guest", "cloud"],
  gate: false,
  guest: () => [{ kind: "scheduledTask", name: "secure-winrm-keeper", everyMinutes: KEEPER_MINUTES, atStartup: true, onRenewal: true }],
});
