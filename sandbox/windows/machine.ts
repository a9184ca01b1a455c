import { EVENTS, type GuestEvent } from "../../components/guest/events";
import type { GuestResource, Ref, Trustee } from "../../components/guest/kinds";
import { sidOf } from "./accounts";
import { sameAddress } from "./address";
import { bearsName, faults, newest, openPfx, read, type OpenedPfx } from "./certificate";
import { FILES, parseNodes, parseSecret, type HostParameters, type NodeList } from "./document";
import { append } from "./history";
import { LOOPBACK, type GuestCloud, type Happening, type HostState, type StoredCertificate } from "./state";
import { startService } from "./winrm";

/** A change that would end sessions, put off until nobody works over the listener. */
export class Deferred extends Error {}

type CertificateResource = Extract<GuestResource, { kind: "certificate" }>;
type AccountResource = Extract<GuestResource, { kind: "account" }>;
type AccountPolicyResource = Extract<GuestResource, { kind: "accountPolicy" }>;

/** An own bound, far below what the log holds. */
const EVENTS_KEPT = 200;

/** What is put off is remembered by resource key, and this one by its own name. */
export const RESTART = "restart of WinRM";

/** One run on one machine: its state, what the script knows in this run, and the history that it writes. */
export class Machine {
  readonly log: string[] = [];
  /** Why a resource is not in its state yet, although nothing is wrong with it. By resource key. */
  readonly deferred = new Map<string, string>();
  /** Quarantine has switched the listener off: it may be mended, and stays off. */
  listenerOff = false;
  /** Text of the script, which its document stands for. */
  script = "";
  /** Resources that this run found otherwise, and set right. */
  readonly repaired: string[] = [];
  host: HostParameters | undefined;
  /** The source list that rules are made from in this run. */
  nodes: NodeList | undefined;
  /** Why the stored list is not taken up. */
  nodesProblem: { expected: string; found: string } | undefined;
  certificate: CertificateResource | undefined;
  /** The document's own, which others speak of: by role, and all values of one template. */
  accounts: readonly AccountResource[] = [];
  accountPolicies: readonly AccountPolicyResource[] = [];

  constructor(
    readonly state: HostState,
    readonly cloud: GuestCloud,
    /** The door is shut, so nobody's work is cut off by anything. */
    readonly doorShut: boolean,
  ) {}

  record(what: Happening, key: string, from: string, to: string): void {
    append(this.state, what, key, from, to);
    if (what !== "verdict") this.log.push(`${what} ${key}${from === to ? "" : `: ${from} -> ${to}`}`);
  }

  /** Sessions live on the HTTPS listener and in the service; whoever takes one of them away ends them. */
  cutSessions(why: string): void {
    const { sessions } = this.state;
    this.state.sessions = 0;
    if (sessions > 0) this.record("cut", why, `${sessions} sessions`, "0 sessions");
  }

  mayCut(): boolean {
    return this.doorShut || this.state.sessions === 0;
  }

  restartWinRm(why: string): void {
    startService(this.state);
    this.record("restart", "WinRM", why, "Running");
    this.cutSessions("restart of WinRM");
  }

  /** What Windows keeps of an event's text (31,839 characters) is more than any of ours has. */
  tell(event: GuestEvent, message: string): void {
    this.state.events = [...this.state.events, { ...EVENTS[event], message, at: this.cloud.now }].slice(-EVENTS_KEPT);
  }

  /** @param text undefined takes the file away */
  writeFile(path: string, text: string | undefined): void {
    const before = this.state.files[path];
    if (before === text) return;
    if (text === undefined) delete this.state.files[path];
    else this.state.files[path] = text;
    const length = (one: string | undefined): string => (one === undefined ? "absent" : `${one.length} characters`);
    this.record("set", `file ${path}`, length(before), length(text));
  }

  /** @throws Error when the host does not know the value: whoever needs it is then unknown, never a pass. */
  values({ ref }: Ref): string[] {
    switch (ref) {
      case "host.name":
        return [this.parameters().name];
      case "host.secret":
        return [this.parameters().secret];
      case "host.listen":
        return this.parameters().listen;
      case "host.otherAddresses": {
        const { listen } = this.parameters();
        return listen.includes("*") ? [] : [...this.state.addresses, ...LOOPBACK].filter((own) => !listen.some((chosen) => sameAddress(chosen, own)));
      }
      case "host.interface":
        return this.parameters().interface;
      case "nodes.allow":
        return this.sourceList().nodes;
      case "nodes.others":
        return this.sourceList().others;
      case "nodes.hash":
        return [this.sourceList().hash];
      default: {
        const never: never = ref;
        return never;
      }
    }
  }

  /** @throws Error when nobody knows the account, so that what speaks of it is unknown. */
  sid(trustee: Trustee): string {
    if (trustee.startsWith("S-1-")) return trustee;
    const account = this.accounts.find(({ role }) => trustee === `account.${role}`);
    if (!account) throw new Error(`the document names no ${trustee}`);
    const sid = sidOf(this.state, account.name);
    if (sid === undefined) throw new Error(`nobody knows ${account.name}`);
    return sid;
  }

  value(wanted: Ref): string {
    return this.values(wanted)[0] ?? "";
  }

  /** Where the listener stands, as addresses: a wildcard means all that the host was given. */
  addressesOf(wanted: Ref): string[] {
    return this.values(wanted).flatMap((address) => (address === "*" ? this.parameters().addresses : [address]));
  }

  private parameters(): HostParameters {
    if (!this.host) throw new Error("the host's parameters are not known");
    return this.host;
  }

  private sourceList(): NodeList {
    if (!this.nodes) throw new Error("the source list is not known");
    return this.nodes;
  }

  takenUp(): NodeList | undefined {
    return parseNodes(this.state.files[FILES.nodes]);
  }

  /** The certificate that the secret store holds for this host; undefined or a reason when there is none to be had. */
  pfx(resource: CertificateResource): OpenedPfx | string {
    const name = this.value(resource.secret);
    const secret = parseSecret(this.cloud.secret?.(name));
    if (!secret) return `secret ${name} cannot be read`;
    try {
      return openPfx(secret.pfx, secret.password);
    } catch {
      // The library's words may quote what is in the file.
      return `secret ${name} holds no PFX that opens with its password`;
    }
  }

  faultsOf(certificate: StoredCertificate, resource: CertificateResource, others: readonly string[] = [], roots: readonly string[] = []): string[] {
    const { intermediate, root } = this.state.certificates;
    const demands = { ...resource, name: this.value(resource.name) };
    return faults(certificate.der, demands, [...intermediate, ...others], [...root, ...roots], this.cloud.now);
  }

  /** Certificates of that name that came with their key. */
  named(hostname: string): StoredCertificate[] {
    return this.state.certificates.my.filter((known) => known.hasKey && bearsName(read(known.der), hostname));
  }

  /** What the listener must show: the secret's certificate when it is here, else the newest good one, else the newest of that name. */
  listenerCertificate(hostname: string): StoredCertificate | undefined {
    const { my } = this.state.certificates;
    const resource = this.certificate;
    const named = this.named(hostname);
    if (!resource) return newest(named);
    const good = newest(named.filter((known) => this.faultsOf(known, resource).length === 0));
    if (resource.from === "store") return good ?? named.find((known) => this.isBound(known));
    const pfx = this.pfx(resource);
    const wanted = typeof pfx === "string" ? undefined : pfx.leaf.thumbprint;
    const ofName = my.filter((known) => bearsName(read(known.der), hostname));
    return ofName.find((known) => known.thumbprint === wanted) ?? good ?? newest(ofName);
  }

  /** A bad one is never taken up from the store; one that has become bad in use stays until a good one comes. */
  private isBound({ thumbprint }: StoredCertificate): boolean {
    return this.state.listeners.some((known) => known.transport === "HTTPS" && known.thumbprint === thumbprint);
  }
}
