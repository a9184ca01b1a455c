import { declared } from "./control";

export const scriptBlockLogging = declared({
  id: "script-block-logging",
  title: "PowerShell logs what it runs",
  guideline: "Script Block Logging is on; module logging and transcripts as asked.",
  layers: ["guest"],
});
