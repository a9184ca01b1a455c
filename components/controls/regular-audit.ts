import { declared } from "./control";

export const regularAudit = declared({
  id: "regular-audit",
  title: "The audit runs on a schedule",
  guideline: "Results are stored off the host, and a missing one alerts.",
  layers: ["cloud", "guest"],
  gate: false,
});
