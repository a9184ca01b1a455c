import type { Bound } from "./handlers";

/** Which resources a step of the orders is about. */
export type Step = (one: Bound) => boolean;

const kinds =
  (...wanted: readonly Bound["resource"]["kind"][]): Step =>
  ({ resource }) =>
    wanted.includes(resource.kind);

/** Profiles and block rules only ever shut, so they come first. */
export const SHUTTING: Step = ({ resource }) => resource.kind === "firewallProfile" || (resource.kind === "firewallRule" && resource.action === "Block");
export const FOLDER = kinds("folder");
export const CERTIFICATE = kinds("certificate");
export const SERVICE = kinds("service");
export const BUILTIN = kinds("builtinRule");
export const NO_LISTENER: Step = ({ resource }) => resource.kind === "listener" && resource.ensure === "absent";
const LISTENER: Step = ({ resource }) => resource.kind === "listener" && resource.ensure === "present";
export const isAllow: Step = ({ resource }) => resource.kind === "firewallRule" && resource.action === "Allow";

/** What is there before WinRM reads its policies: who and what the rest speaks of, then what policies hold. */
export const BEFORE_START: readonly Step[] = [
  kinds("nodeList"),
  CERTIFICATE,
  kinds("addresses"),
  // Accounts first: rights and groups are given by SID.
  kinds("account"),
  kinds("group"),
  kinds("userRight"),
  // Before the account policy: a value of it allows longer passwords.
  kinds("registry"),
  kinds("accountPolicy"),
  kinds("policy"),
  SERVICE,
];

/** WinRM's own settings, whose descriptors guard who may come; a JEA endpoint before what is none of ours goes off. */
export const SETTINGS: readonly Step[] = [kinds("wsman"), kinds("jeaEndpoint"), kinds("sessionConfiguration"), kinds("otherSessionConfigurations"), kinds("rootDescriptor")];

export const REMOVALS: readonly Step[] = [NO_LISTENER, BUILTIN, kinds("foreignRules")];
export const LISTENERS: readonly Step[] = [LISTENER, kinds("sslBinding")];
export const RECORDS: readonly Step[] = [kinds("auditPolicy"), kinds("eventLog"), kinds("firewallLog"), kinds("scheduledTask")];
