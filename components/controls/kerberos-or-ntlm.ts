import { control } from "./control";
import { cis, stig } from "./tables/references";
import { AUTHENTICATION } from "./tables/winrm-policies";

const OFF = ["Basic", "CredSSP", "Certificate"] as const;

/** 0x20080000: NTLMv2 session security and 128-bit encryption. */
const NTLM_SESSION_SECURITY = 537395200;
export const LSA = "SYSTEM\\CurrentControlSet\\Control\\Lsa";

export const kerberosOrNtlm = control({
  id: "kerberos-or-ntlm",
  title: "Only Kerberos and NTLMv2 are accepted, bound to the TLS channel",
  guideline: "No Basic, Digest, CredSSP or client certificates, nothing unencrypted, channel binding strict.",
  references: [
    ...cis("18.10.89.1.1", "18.10.89.1.2", "18.10.89.1.3", "18.10.89.2.1", "18.10.89.2.3", "2.3.11.7", "2.3.11.10", "2.3.11.11"),
    ...stig("CC-000470", "CC-000480", "CC-000490", "CC-000500", "CC-000510", "SO-000310", "SO-000330", "SO-000340"),
  ],
  layers: ["plan", "guest", "probe"],
  exceptions: "none",
  guest: () => [
    ...OFF.map((scheme) => ({ kind: "wsman" as const, path: `Service/Auth/${scheme}`, op: "eq" as const, value: "false" })),
    { kind: "wsman", path: "Service/Auth/Kerberos", op: "eq", value: "true" },
    { kind: "wsman", path: "Service/Auth/Negotiate", op: "eq", value: "true" },
    { kind: "wsman", path: "Service/Auth/CbtHardeningLevel", op: "eq", value: "Strict" },
    { kind: "wsman", path: "Service/AllowUnencrypted", op: "eq", value: "false" },
    { kind: "wsman", path: "Client/AllowUnencrypted", op: "eq", value: "false" },
    { kind: "wsman", path: "Client/Auth/Basic", op: "eq", value: "false" },
    { kind: "wsman", path: "Client/Auth/Digest", op: "eq", value: "false" },
    { kind: "registry", path: LSA, name: "LmCompatibilityLevel", type: "DWord", op: "eq", value: 5 },
    ...["NTLMMinServerSec", "NTLMMinClientSec"].map((name) => ({ kind: "registry" as const, path: `${LSA}\\MSV1_0`, name, type: "DWord" as const, op: "eq" as const, value: NTLM_SESSION_SECURITY })),
    ...AUTHENTICATION,
  ],
  probe: () => [{ see: "schemes", offered: ["Negotiate", "Kerberos"], refused: OFF }],
});
