import { declared } from "./control";

export const unusedEndpoints = declared({
  id: "unused-endpoints",
  title: "Session configurations that nobody needs are off",
  guideline: "Every other session configuration is disabled and remote WMI is empty.",
  layers: ["guest"],
});
