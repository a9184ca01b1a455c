import { declared } from "./control";

export const eventLogging = declared({
  id: "event-logging",
  title: "Remoting leaves a trace",
  guideline: "The WinRM, PowerShell and Security channels are on, large enough, and shipped off the host.",
  layers: ["guest", "cloud"],
});
