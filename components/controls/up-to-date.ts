import { control } from "./control";
import { microsoft } from "./tables/references";

export const upToDate = control({
  id: "up-to-date",
  title: "The host is patched",
  guideline: "Windows Update may run, and the last cumulative update is recent, or the build at least the one asked for.",
  references: [microsoft("Windows Server", "monthly cumulative updates")],
  layers: ["plan", "guest", "cloud"],
  gate: false,
  guest: ({ updates: { maximumAgeDays, minimumBuild = "" } }) => [
    { kind: "service", name: "wuauserv", startup: "Manual", state: "Any" },
    { kind: "updates", maximumAgeDays, minimumBuild },
  ],
});
