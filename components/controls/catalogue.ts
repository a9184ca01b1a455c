import { automationNodesOnly } from "./automation-nodes-only";
import { chosenAddresses } from "./chosen-addresses";
import { eventLogging } from "./event-logging";
import { httpsListener } from "./https-listener";
import { kerberosOrNtlm } from "./kerberos-or-ntlm";
import { leastPrivilege } from "./least-privilege";
import { modernTls } from "./modern-tls";
import { noHttpListener } from "./no-http-listener";
import { policyManaged } from "./policy-managed";
import { regularAudit } from "./regular-audit";
import { remotingUserOnly } from "./remoting-user-only";
import { runasEscalation } from "./runas-escalation";
import { scriptBlockLogging } from "./script-block-logging";
import { secretsKept } from "./secrets-kept";
import { strongPasswords } from "./strong-passwords";
import { trafficMonitoring } from "./traffic-monitoring";
import { trustedCertificate } from "./trusted-certificate";
import { unusedEndpoints } from "./unused-endpoints";
import { upToDate } from "./up-to-date";
import { windowsFirewall } from "./windows-firewall";
import type { Control } from "./control";

/** Every control, in the order of `CONTROL_IDS`. Adding one touches its file, its spec and one line here. */
export const catalogue: readonly Control[] = [
  httpsListener,
  trustedCertificate,
  noHttpListener,
  policyManaged,
  chosenAddresses,
  windowsFirewall,
  automationNodesOnly,
  kerberosOrNtlm,
  modernTls,
  strongPasswords,
  eventLogging,
  remotingUserOnly,
  scriptBlockLogging,
  runasEscalation,
  leastPrivilege,
  unusedEndpoints,
  upToDate,
  trafficMonitoring,
  regularAudit,
  secretsKept,
];

/** The ones that are complete: the only ones whose verdict is asked for. */
export const enforced: readonly Control[] = catalogue.filter((control) => control.enforced);
