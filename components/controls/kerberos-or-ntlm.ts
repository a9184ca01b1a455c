import { control } from "./control";

const OFF = ["Basic", "CredSSP", "Certificate"] as const;

/** 0x20080000: NTLMv2 session security and 128-bit encryption. */
const NTLM_SESSION_SECURITY = 537395200;
const LSA = "SYSTEM\\CurrentControlSet\\Control\\Lsa";

export const kerberosOrNtlm = control({
  id: "kerberos-or-ntlm",
  title: "Only Kerberos and NTLMv2 are accepted, bound to the TLS channel",
  guideline: "No Basic, Digest, CredSSP or client certificates, nothing unencrypted, channel binding strict.",
  references: [
    ...["18.10.89.1.1", "18.10.89.1.2", "18.10.89.1.3", "18.10.89.2.1", "18.10.89.2.3", "2.3.11.7", "2.3.11.10"].map((id) => ({ benchmark: "CIS Windows Server 2022" as const, version: "4.0.0", id })),
    ...["V-254378", "V-254379", "V-254380", "V-254381", "V-254382"].map((id) => ({ benchmark: "DISA STIG Windows Server 2022" as const, version: "V2R8", id })),
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
    { kind: "registry", path: `${LSA}\\MSV1_0`, name: "NTLMMinServerSec", type: "DWord", op: "eq", value: NTLM_SESSION_SECURITY },
  ],
  probe: () => [{ see: "schemes", offered: ["Negotiate", "Kerberos"], refused: OFF }],
});
