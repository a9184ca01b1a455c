import type { CommonArgs } from "../../components/fleet/args";
import { Publisher } from "../support/signer";
import { approved, jeaOf } from "../support/stacks";

/** What is wrong in one way whatever cloud the hosts are in: accounts, passwords, logging, updates, endpoints. */
export interface BadControl {
  readonly name: string;
  readonly spoil: (stack: CommonArgs) => void;
  readonly key: string;
  readonly what: RegExp;
  readonly mend: RegExp;
  readonly found?: RegExp;
}

const set = (target: object, key: string, value: unknown): void => void Reflect.set(target, key, value);
const bad = (name: string, key: string, spoil: BadControl["spoil"], what: RegExp, mend: RegExp, found?: RegExp): BadControl => ({ name, key, spoil, what, mend, ...(found === undefined ? {} : { found }) });

const JEA = approved("remoting-user-only", "jea-endpoint");
const TOKEN = approved("remoting-user-only", "local-account-token-filter");
const LOCAL = { name: "svc-ansible", becomeUser: "svc-become", transport: "ntlm" };

const jea = (endpoint: object, base: object = jeaOf(1)) => (stack: CommonArgs): void => {
  set(stack, "exceptions", [JEA]);
  set(stack, "jea", [{ ...base, ...endpoint }]);
};
const command = (change: object): ((stack: CommonArgs) => void) => jea({ commands: [{ ...jeaOf(1).commands[0], ...change }] });

const common: readonly BadControl[] = [
  // accounts and escalation
  bad("nobody to become", "account.becomeUser", (s) => set(s.account, "becomeUser", undefined), /missing/, /second administrator account/),
  bad("a local administrator without an exception", "account.name", (s) => set(s, "account", LOCAL), /LocalAccountTokenFilterPolicy/, /account of a domain, or record an exception for remoting-user-only with what: local-account-token-filter/, /svc-ansible/),
  bad("an unknown way to escalate", "account.escalation", (s) => set(s.account, "escalation", "sudo"), /not a way to escalate/, /admin or endpoint/, /sudo/),
  bad("an endpoint for the plugin winrm", "account.escalation", (s) => { set(s.account, "plugin", "winrm"); set(s.account, "escalation", "endpoint"); set(s, "exceptions", [approved("runas-escalation", "endpoint-recorded")]); }, /plugin winrm does not use/, /psrp/, /endpoint/),
  bad("an endpoint that nobody has recorded", "account.escalation", (s) => set(s.account, "escalation", "endpoint"), /not been recorded/, /exception for runas-escalation with what: endpoint-recorded/),
  bad("an endpoint recorded for one host", "exceptions[0].hosts", (s) => { set(s.account, "escalation", "endpoint"); set(s, "exceptions", [{ ...approved("runas-escalation", "endpoint-recorded"), hosts: hostsOf(s) }]); }, /holds for all/, /take `hosts` out/),
  bad("a password for an account of the domain", "account.secret", (s) => set(s.account, "secret", "accounts/ansible"), /never made on a host/, /local account/, /accounts\/ansible/),
  bad("a secret of nobody", "account.becomeSecret", (s) => { set(s.account, "becomeUser", undefined); set(s.account, "escalation", "endpoint"); set(s.account, "becomeSecret", "accounts/become"); set(s, "exceptions", [approved("runas-escalation", "endpoint-recorded")]); }, /password of nobody/, /take it out/),
  bad("an exception to accounts of an unknown kind", "exceptions[0].what", (s) => set(s, "exceptions", [approved("runas-escalation", "no runas")]), /not an exception that runas-escalation takes/, /endpoint-recorded/),
  // passwords
  bad("short passwords", "passwords.minimumLength", (s) => set(s, "passwords", { minimumLength: 8 }), /too small/, /14 to 128/, /8/),
  bad("passwords for ever", "passwords.maximumAgeDays", (s) => set(s, "passwords", { maximumAgeDays: 0 }), /too small/, /2 to 365/, /0/),
  bad("passwords of two years", "passwords.maximumAgeDays", (s) => set(s, "passwords", { maximumAgeDays: 730 }), /too large/, /2 to 365/, /730/),
  bad("ten guesses", "passwords.lockoutThreshold", (s) => set(s, "passwords", { lockoutThreshold: 10 }), /too large/, /1 to 5/, /10/),
  bad("no lockout", "passwords.lockoutThreshold", (s) => set(s, "passwords", { lockoutThreshold: 0 }), /too small/, /1 to 5/, /0/),
  bad("a minute of lockout", "passwords.lockoutMinutes", (s) => set(s, "passwords", { lockoutMinutes: 1 }), /too small/, /15 to 1440/, /1/),
  // logging and updates
  bad("transcripts on a share", "logging.powershell.transcripts", (s) => set(s, "logging", { powershell: { transcripts: "\\\\files\\transcripts" } }), /not a folder on drive C/, /C:\\ProgramData/),
  bad("transcripts among Windows' own", "logging.powershell.transcripts", (s) => set(s, "logging", { powershell: { transcripts: "C:\\Windows\\Temp" } }), /what Windows keeps/, /folder of its own/),
  bad("transcripts beside the script", "logging.powershell.transcripts", (s) => set(s, "logging", { powershell: { transcripts: "C:\\ProgramData\\secure-winrm" } }), /more than transcripts/, /folder of its own/),
  bad("a path that climbs", "logging.powershell.transcripts", (s) => set(s, "logging", { powershell: { transcripts: "C:\\Logs\\..\\Windows" } }), /not a folder on drive C/, /such as/),
  bad("the key of protected event logging", "logging.powershell.protectedEventLoggingCertificate", (s) => set(s, "logging", { powershell: { protectedEventLoggingCertificate: "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----" } }), /private key/, /replace the key/),
  bad("updates of a year ago", "updates.maximumAgeDays", (s) => set(s, "updates", { maximumAgeDays: 365 }), /too large/, /1 to 45/, /365/),
  bad("a build as a number", "updates.minimumBuild", (s) => set(s, "updates", { minimumBuild: 20348.27 }), /not a build/, /in quotes/),
  bad("a proxy with an account", "guest.proxy", (s) => set(s, "guest", { proxy: "http://me:word@proxy.corp.example:3128" }), /not the address of an HTTP proxy/, /without an account/),
  bad("a proxy without a port", "guest.proxy", (s) => set(s, "guest", { proxy: "http://proxy.corp.example" }), /not the address of an HTTP proxy/, /name:port/),
  bad("a publisher of something else", "guest.signing.certificate", (s) => set(s, "guest", { signing: { folder: "signed", certificate: new Publisher("serverAuth").certificate } }), /not for code signing/, /1\.3\.6\.1\.5\.5\.7\.3\.3/),
  bad("a publisher who may be anything", "guest.signing.certificate", (s) => set(s, "guest", { signing: { folder: "signed", certificate: new Publisher("none").certificate } }), /not for code signing/, /extended key usage/),
  bad("a publisher that is no certificate", "guest.signing.certificate", (s) => set(s, "guest", { signing: { folder: "signed", certificate: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----" } }), /no certificate that can be read/, /as PEM/),
  bad("a publisher's key", "guest.signing.certificate", (s) => set(s, "guest", { signing: { folder: "signed", certificate: "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----" } }), /private key/, /replace the key/),
  bad("signed scripts outside of the project", "guest.signing.folder", (s) => set(s, "guest", { signing: { folder: "signed/../../elsewhere", certificate: new Publisher().certificate } }), /not a folder of the project/, /relative path/),
  bad("a baseline that nobody knows", "hardening", (s) => set(s, "hardening", "cis"), /not a baseline that is known here/, /none, cis-l1, cis-l2, stig/, /cis/),
  bad("a baseline and whether it is applied", "hardening", (s) => set(s, "hardening", true), /not a baseline that is known here/, /cis-l1/, /true/),
  // endpoints with named commands
  bad("an endpoint without an exception", "jea", (s) => set(s, "jea", [jeaOf(1)]), /lets others than Ansible/, /exception for remoting-user-only with what: jea-endpoint/, /jea\.operators/),
  bad("an endpoint for everybody", "jea[0].accounts[0]", jea({ accounts: ["S-1-1-0"] }), /everybody/, /group/),
  bad("an endpoint for administrators", "jea[0].accounts[0]", jea({ accounts: ["S-1-5-32-544"] }), /all administrators/, /group/),
  bad("an endpoint for Ansible", "jea[0].accounts[0]", jea({ accounts: ["svc-Ansible@corp.example"] }), /account of Ansible's/, /other automation/),
  bad("an endpoint of Windows' name", "jea[0].name", jea({ name: "Microsoft.PowerShell" }), /Windows or this project/, /jea\.operators/),
  bad("an endpoint of this project's name", "jea[0].name", jea({ name: "secure-winrm" }), /Windows or this project/, /jea\.operators/),
  bad("an endpoint that starts processes", "jea[0].commands[0].name", command({ name: "start-process" }), /more than the endpoint is for/, /only that/, /start-process/),
  bad("an endpoint that makes administrators", "jea[0].commands[0].name", command({ name: "Add-LocalGroupMember" }), /more than the endpoint is for/, /only that/),
  bad("every command", "jea[0].commands[0].name", command({ name: "*-Service" }), /not the name of one cmdlet/, /no wildcards/),
  bad("a program", "jea[0].commands[0].name", command({ name: "net.exe" }), /not the name of one cmdlet/, /programs/),
  bad("a pattern that is not anchored", "jea[0].commands[0].parameters[0].pattern", command({ parameters: [{ name: "Name", pattern: "[a-z]+" }] }), /not anchored/, /\^/),
  bad("values and a pattern", "jea[0].commands[0].parameters[0]", command({ parameters: [{ name: "Name", pattern: "^a$", values: ["a"] }] }), /both values and a pattern/, /keep one/),
  bad("51 commands", "jea", jea({}, jeaOf(51)), /51 commands/, /at most 50/),
  bad("two endpoints of one name", "jea[1].name", (s) => { set(s, "exceptions", [JEA]); set(s, "jea", [jeaOf(1), { ...jeaOf(2), name: "JEA.Operators" }]); }, /stands twice/, /own name/),
  bad("a command twice", "jea[0].commands[1].name", jea({ commands: [jeaOf(1).commands[0], jeaOf(1).commands[0]] }), /stands twice/, /once/),
];

const inAzure: readonly BadControl[] = [
  bad("a password that hosts in Azure cannot read", "account.secret", (s) => { set(s, "account", { ...LOCAL, secret: "accounts/ansible" }); set(s, "exceptions", [TOKEN]); }, /hosts in AWS only/, /in the image/),
];

export const badControls = (cloud: "AWS" | "Azure"): readonly BadControl[] => [...common, ...(cloud === "Azure" ? inAzure : [])];

function hostsOf(stack: CommonArgs): string[] {
  const places = Object.values(stack as unknown as Record<string, { hosts?: object } | undefined>);
  return places.flatMap((place) => Object.keys(place?.hosts ?? {})).slice(0, 1);
}
