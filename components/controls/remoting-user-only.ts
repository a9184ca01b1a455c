import { declared } from "./control";

export const remotingUserOnly = declared({
  id: "remoting-user-only",
  title: "Only Ansible's account may use remoting",
  guideline: "Session configurations, the WinRS shell, groups and logon rights admit one account.",
  layers: ["plan", "guest"],
});
