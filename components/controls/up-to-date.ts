import { declared } from "./control";

export const upToDate = declared({
  id: "up-to-date",
  title: "The host is patched",
  guideline: "Updates are on, within a window, and the last one is recent.",
  layers: ["cloud", "guest"],
  gate: false,
});
