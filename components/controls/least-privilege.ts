import { declared } from "./control";

export const leastPrivilege = declared({
  id: "least-privilege",
  title: "Nobody has standing rights over WinRM",
  guideline: "People have no administrative rights over WinRM; further automation gets an endpoint with named commands.",
  layers: ["plan", "guest"],
  gate: false,
});
