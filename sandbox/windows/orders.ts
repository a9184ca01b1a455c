import { audit, type Audit, type Entry } from "./audit";
import { FILES, hostText, parseNodes, sha256, type Document, type GuestParameters, type NodeList, type Proven } from "./document";
import { removeRule, ruleNamed, writeRule } from "./firewall";
import { GATE_RULE, gateHolds } from "./handle-firewall";
import { bound, boundRoots, type Bound } from "./handlers";
import type { Machine } from "./machine";
import { HTTPS_PORT } from "./state";
import { Stuck } from "./stuck";

/** The orders: a gate run works with the door shut, a maintenance run beside people who work, Prepare before either. */
export class Orders {
  private entries: readonly Entry[];
  private readonly stuck: Stuck;

  constructor(
    private readonly machine: Machine,
    private readonly document: Document,
    private readonly text: string,
    private readonly parameters: GuestParameters,
    private readonly proven: Proven | undefined,
  ) {
    this.entries = document.resources.map(({ controls, resource }) => ({ controls, bound: bound(resource) }));
    this.stuck = new Stuck(machine, this.entries);
    for (const { bound: one } of this.entries) if (one.resource.kind === "certificate") machine.certificate = one.resource;
  }

  go(): Audit {
    const { Mode, Run } = this.parameters;
    const refusal = this.refusal();
    if (this.machine.doorShut) this.shut();
    if (refusal !== undefined) return ended(refusal, this.machine.doorShut ? "fail" : "unknown");
    if (Run === "Prepare") return this.prepare();
    this.chooseNodes();
    this.stuck.spoil();
    if (Mode !== "Apply") return this.audit();
    return this.machine.doorShut ? this.gate() : this.maintenance();
  }

  /** Why the run ends before it has looked at anything. */
  private refusal(): string | undefined {
    const { Mode, Run, Gate, Host } = this.parameters;
    if (Run === "Prepare" && Mode !== "Apply") return "Prepare wants the mode Apply";
    // What is proven is what was given, whoever computed the hash that was asked for.
    const hash = sha256(`${this.document.gate}\n${hostText(Host)}`);
    return Run === "Gate" && hash !== Gate ? `document and host parameters have gate hash ${hash}` : undefined;
  }

  /** In a gate run the list is taken up whatever it is; later only the one whose hash came by the control channel. */
  private chooseNodes(): void {
    const { machine } = this;
    const offered: NodeList | undefined = parseNodes(machine.cloud.nodeList()?.text);
    const wanted = this.parameters.Run === "Maintenance" ? this.parameters.NodesHash : "";
    if (!offered) machine.nodesProblem = { expected: wanted || "the stored list", found: "the stored list cannot be read" };
    else if (wanted !== "" && offered.hash !== wanted) machine.nodesProblem = { expected: wanted, found: `the stored list has hash ${offered.hash}` };
    const usable = machine.nodesProblem ? undefined : offered;
    machine.nodes = usable ?? machine.takenUp();
  }

  private isAllow = ({ resource }: Bound): boolean => resource.kind === "firewallRule" && resource.action === "Allow";

  /** Sets every resource of these kinds that is not in its state, in the document's order within a kind. */
  private set(...steps: readonly ((one: Bound) => boolean)[]): void {
    for (const step of steps) {
      for (const { bound: one } of this.entries) if (step(one) && !this.stuck.holds(one)) one.set(this.machine);
    }
  }

  private audit(without: (one: Bound) => boolean = () => false): Audit {
    this.stuck.spoil();
    const result = audit(this.machine, this.entries, without, this.stuck.holds);
    this.machine.record("audit", "all", "", result.verdict);
    return result;
  }

  /** Only what needs it and has changed restarts the service; in maintenance only while nobody works. */
  private restart(): void {
    const { machine } = this;
    const waiting = this.entries.find(({ bound: one }) => one.judge(machine).awaitsStart);
    if (!waiting) return;
    if (!machine.mayCut()) {
      machine.record("deferred", "restart of WinRM", "", `${machine.state.sessions} sessions`);
      return;
    }
    machine.restartWinRm(`for ${waiting.bound.key}`);
    // A policy that was in force until now may have kept its setting from being written.
    this.set(WSMAN, LISTENER, BINDING, NO_LISTENER);
  }

  private gate(): Audit {
    const { machine } = this;
    this.set(SHUTTING, FOLDER);
    if (machine.host) machine.writeFile(FILES.host, JSON.stringify(machine.host));
    machine.writeFile(FILES.document, this.text);
    this.set(NODE_LIST, CERTIFICATE, REGISTRY, SERVICE, WSMAN, NO_LISTENER, BUILTIN, LISTENER, BINDING);
    this.restart();
    const first = this.audit(this.isAllow);
    if (first.verdict !== "pass") return first;
    this.set(this.isAllow);
    machine.record("allow-on", "own allow rules", "off", "on");
    removeRule(machine.state, GATE_RULE);
    machine.record("block-off", GATE_RULE, "on", "absent");
    const second = this.audit();
    if (second.verdict === "pass") this.remember(this.parameters.Gate);
    else this.shut();
    return second;
  }

  /**
   * Shuts, and lets the machine trust what its certificate will need. It opens nothing, leaves the allow rule alone, and asks
   * for nothing that may not be there yet: no node list, no certificate, no parameters of the host.
   */
  private prepare(): Audit {
    this.entries = this.entries.flatMap(prepared);
    this.stuck.spoil();
    this.set(SHUTTING, FOLDER, CERTIFICATE, SERVICE, NO_LISTENER, BUILTIN);
    if (!this.proven && this.machine.state.files[FILES.administrator] === undefined) {
      this.machine.record("set", "administrator's password", "as made", "known to nobody");
      this.machine.writeFile(FILES.administrator, "reset");
    }
    return { ...this.audit(), controls: {} };
  }

  /** Nobody gets in from here on, whatever rules there are: a block beats every allow. */
  private shut(): void {
    const { machine } = this;
    writeRule(machine.state, { name: GATE_RULE, enabled: true, action: "Block", ports: [HTTPS_PORT], local: "Any", remote: "Any" });
    machine.record("block-on", GATE_RULE, "", "on");
    for (const { bound: one } of this.entries) {
      if (!this.isAllow(one) || one.resource.kind !== "firewallRule") continue;
      const rule = ruleNamed(machine.state, one.resource.name);
      if (!rule?.enabled) continue;
      rule.enabled = false;
      machine.record("allow-off", one.key, "on", "off");
    }
  }

  /** Add before remove: certificate and settings, the right listener, then what must go. The allow rule comes last. */
  private maintenance(): Audit {
    const { machine } = this;
    this.set(SHUTTING, FOLDER, NODE_LIST, CERTIFICATE, REGISTRY, SERVICE, WSMAN, LISTENER, BINDING, NO_LISTENER, BUILTIN);
    this.restart();
    // A failed gate run holds the door until a gate run passes. An allow rule that is on may be corrected at any time; one that
    // is off comes back only when everything else is right.
    const isOn = (one: Bound): boolean => one.resource.kind === "firewallRule" && ruleNamed(machine.state, one.resource.name)?.enabled === true;
    const allRight = (): boolean => audit(machine, this.entries, this.isAllow, this.stuck.holds).verdict === "pass";
    if (!gateHolds(machine)) this.set((one) => this.isAllow(one) && (isOn(one) || allRight()));
    const result = this.audit();
    if (result.verdict === "pass") this.remember(this.proven?.gate ?? "");
    return result;
  }

  private remember(gate: string): void {
    this.machine.writeFile(FILES.document, this.text);
    const proven: Proven = { gate, documentGate: this.document.gate, document: this.text };
    this.machine.writeFile(FILES.proven, JSON.stringify(proven));
  }
}

const ended = (found: string, verdict: "fail" | "unknown"): Audit => ({
  controls: {},
  findings: [{ control: "secure-winrm", key: "run", verdict, expected: "a run to its end", found }],
  verdict,
});

/** What Prepare may do with an entry, if anything. */
function prepared(entry: Entry): Entry[] {
  const { resource } = entry.bound;
  switch (resource.kind) {
    case "firewallProfile":
    case "folder":
    case "service":
    case "builtinRule":
      return [entry];
    case "certificate":
      return [{ ...entry, bound: boundRoots(resource) }];
    case "listener":
      return resource.ensure === "absent" ? [entry] : [];
    case "firewallRule":
      // A block of single addresses needs the node list.
      return resource.action === "Block" && resource.remote === "Any" ? [entry] : [];
    default:
      return [];
  }
}

const kind =
  (wanted: Bound["resource"]["kind"]) =>
  ({ resource }: Bound): boolean =>
    resource.kind === wanted;

/** Profiles and block rules only ever shut, so they come first. */
const SHUTTING = ({ resource }: Bound): boolean => resource.kind === "firewallProfile" || (resource.kind === "firewallRule" && resource.action === "Block");
const FOLDER = kind("folder");
const NODE_LIST = kind("nodeList");
const CERTIFICATE = kind("certificate");
const REGISTRY = kind("registry");
const SERVICE = kind("service");
const WSMAN = kind("wsman");
const BUILTIN = kind("builtinRule");
const BINDING = kind("sslBinding");
const NO_LISTENER = ({ resource }: Bound): boolean => resource.kind === "listener" && resource.ensure === "absent";
const LISTENER = ({ resource }: Bound): boolean => resource.kind === "listener" && resource.ensure === "present";
