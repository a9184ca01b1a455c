import { declared } from "./control";

export const policyManaged = declared({
  id: "policy-managed",
  title: "WinRM settings are held by policy",
  guideline: "WinRM's settings come from policy, so that a local change does not last.",
  layers: ["guest", "gpo"],
});
