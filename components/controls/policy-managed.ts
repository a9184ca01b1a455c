import { control } from "./control";
import { cis, stig } from "./tables/references";
import { AUTHENTICATION, SHELLS, UNSET } from "./tables/winrm-policies";

/** Every address: the listener and the firewall say which; a filter that names others would leave WinRM without any. */
const FILTERS = ["Service/IPv4Filter", "Service/IPv6Filter"] as const;

export const policyManaged = control({
  id: "policy-managed",
  title: "WinRM settings are held by policy",
  guideline: "WinRM's settings come from policy, local or a domain's, so that a local change does not last.",
  references: [
    ...cis("18.10.89.1.1", "18.10.89.1.2", "18.10.89.1.3", "18.10.89.2.1", "18.10.89.2.3"),
    ...stig("CC-000470", "CC-000480", "CC-000490", "CC-000500", "CC-000510"),
  ],
  layers: ["guest"],
  guest: () => [
    ...AUTHENTICATION,
    ...SHELLS,
    ...UNSET,
    ...FILTERS.map((path) => ({ kind: "wsman" as const, path, op: "eq" as const, value: "*" })),
  ],
});
