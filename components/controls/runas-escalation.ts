import { declared } from "./control";

export const runasEscalation = declared({
  id: "runas-escalation",
  title: "Ansible's account escalates by runas",
  guideline: "The account is not the built-in Administrator and becomes an account that cannot log on over the network.",
  layers: ["plan", "guest", "inventory"],
});
