import { audit, type Audit, type Entry } from "./audit";
import { FILES, hostText, parseNodes, sha256, type Document, type GuestParameters, type NodeList, type Proven } from "./document";
import { disableRules, removeRule, rulesNamed, writeRule } from "./firewall";
import { GATE_RULE, gateHolds } from "./handle-firewall";
import { bound } from "./handlers";
import type { Keeper } from "./keeper";
import { RESTART, type Machine } from "./machine";
import { prepared } from "./prepared";
import { HTTPS_PORT } from "./state";
import { BEFORE_START, BUILTIN, CERTIFICATE, FOLDER, isAllow, LISTENERS, NO_LISTENER, RECORDS, REMOVALS, SERVICE, SETTINGS, SHUTTING, type Step } from "./steps";
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
    private readonly keeper: Keeper,
  ) {
    this.entries = document.resources.map(({ controls, gate, resource }) => ({ controls, gate, bound: bound(resource) }));
    this.stuck = new Stuck(machine, this.entries);
    const resources = document.resources.map(({ resource }) => resource);
    machine.certificate = resources.find((one) => one.kind === "certificate");
    machine.accounts = resources.filter((one) => one.kind === "account");
    machine.accountPolicies = resources.filter((one) => one.kind === "accountPolicy");
  }

  go(): Audit {
    const { Mode, Run } = this.parameters;
    if (this.machine.doorShut) this.shut();
    const refusal = this.refusal();
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
    if (Run === "Gate" && hash !== Gate) return `document and host parameters have gate hash ${hash}`;
    if (this.machine.doorShut && !gateHolds(this.machine)) return `the door cannot be shut: Windows firewall does not take the rule ${GATE_RULE}`;
    return (Run === "Pause" || Run === "Resume") && Mode !== "Apply" ? `${Run} wants the mode Apply` : this.refusedPause();
  }

  /** A pause that is not to be had changes nothing at all. */
  private refusedPause(): string | undefined {
    const { Run, Pause } = this.parameters;
    if (Run === "Resume") this.keeper.resume();
    return Run === "Pause" ? this.keeper.pause(Pause) : undefined;
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

  /** Sets every resource of these kinds that is not in its state, in the document's order within a kind. */
  private set(...steps: readonly Step[]): void {
    for (const step of steps) {
      for (const { bound: one } of this.entries) if (step(one) && !this.stuck.holds(one) && !this.keeper.hasShut(one)) one.set(this.machine);
    }
  }

  private audit(without: Step = () => false): Audit {
    this.stuck.spoil();
    const result = this.judged(without);
    this.machine.record("audit", "all", "", result.verdict);
    return result;
  }

  private judged(without: Step): Audit {
    return audit(this.machine, this.entries, without, this.stuck.holds, this.keeper.hasShut);
  }

  private waiting(what: "service" | "boot"): Entry | undefined {
    return this.entries.find(({ gate, bound: one }) => (gate || what === "service") && one.judge(this.machine).awaits === what);
  }

  /** Only what needs it and has changed restarts the service; in maintenance only while nobody works. */
  private restart(): void {
    const { machine } = this;
    const waiting = this.waiting("service");
    if (!waiting) return;
    if (machine.mayCut()) machine.restartWinRm(`for ${waiting.bound.key}`);
    else machine.deferred.set(RESTART, `${machine.state.sessions} sessions`);
  }

  private gate(): Audit {
    const { machine } = this;
    // The gate's own block shuts now: what quarantine has shut beside the firewall must be there to be proven.
    this.keeper.switchOn();
    this.set(SHUTTING, FOLDER);
    if (machine.host) machine.writeFile(FILES.host, JSON.stringify(machine.host));
    machine.writeFile(FILES.document, this.text);
    this.set(...BEFORE_START);
    // A policy that is in force keeps its setting from being written, so it must be read before.
    this.restart();
    this.set(...SETTINGS, ...REMOVALS, ...LISTENERS, ...RECORDS);
    this.restart();
    const waiting = this.waiting("boot");
    if (waiting && this.mayStartAgain()) return this.startAgain(waiting);
    const first = this.audit(isAllow);
    if (first.verdict !== "pass") return first;
    this.set(isAllow);
    machine.record("allow-on", "own allow rules", "off", "on");
    removeRule(machine.state, GATE_RULE);
    machine.record("block-off", GATE_RULE, "on", "absent");
    const second = this.audit();
    if (second.verdict === "pass") {
      this.remember(this.parameters.Gate);
      this.keeper.clear();
    } else this.shut();
    return second;
  }

  /** Once for each question: a value that somebody else spoils at every start must not make a machine start for ever. */
  private mayStartAgain(): boolean {
    const { Nonce } = this.parameters;
    if (Nonce === "" || this.machine.state.files[FILES.restarted] === Nonce) return false;
    this.machine.writeFile(FILES.restarted, Nonce);
    return true;
  }

  /** Nothing is proven before the machine has started with what was written; the door stays shut, and the next gate run goes on. */
  private startAgain({ bound: { key } }: Entry): Audit {
    const result = this.audit(isAllow);
    this.machine.record("reboot", "machine", `for ${key}`, "asked for");
    return { ...result, verdict: "unknown", reboot: true };
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
      if (one.resource.kind !== "firewallRule" || !isAllow(one)) continue;
      if (!rulesNamed(machine.state, one.resource.name).some(({ enabled }) => enabled)) continue;
      const isOn = disableRules(machine.state, one.resource.name);
      machine.record("allow-off", one.key, "on", isOn ? "on by a GPO" : "off");
    }
  }

  /** Add before remove: certificate and settings, the right listener, then what must go. The allow rule comes last. */
  private maintenance(): Audit {
    const { machine } = this;
    this.keeper.begin();
    this.set(SHUTTING, FOLDER, ...BEFORE_START);
    this.restart();
    this.set(...SETTINGS, ...LISTENERS, ...REMOVALS, ...RECORDS);
    this.restart();
    const waits = machine.deferred.get(RESTART);
    if (waits !== undefined) machine.record("deferred", RESTART, "", waits);
    this.allow();
    const result = this.door(this.audit());
    if (result.verdict === "pass") this.remember(this.proven?.gate ?? "");
    return result;
  }

  /**
   * A failed gate run holds the door until a gate run passes. An allow rule that is on may be corrected at any time; one that
   * is off comes back only when everything else is right.
   */
  private allow(): void {
    const { machine } = this;
    const isOn: Step = ({ resource }) => resource.kind === "firewallRule" && rulesNamed(machine.state, resource.name).some(({ enabled }) => enabled);
    if (!gateHolds(machine)) this.set((one) => isAllow(one) && (isOn(one) || this.judged(isAllow).verdict === "pass"));
  }

  /** What the run does with the door, once it has repaired what it could. What it opens to look at it is shut again where it fails. */
  private door(found: Audit): Audit {
    const { keeper } = this;
    let result = found;
    const wasOff = this.machine.listenerOff;
    if (keeper.wants(result.verdict) === "release" && wasOff) {
      keeper.switchOn();
      this.allow();
      result = this.audit();
    }
    switch (keeper.decide(result.verdict)) {
      case "keep":
        break;
      case "quarantine":
        keeper.quarantine(failing(result), wasOff && !this.machine.listenerOff);
        break;
      case "release":
        keeper.release(result.verdict);
    }
    return result;
  }

  private remember(gate: string): void {
    this.machine.writeFile(FILES.document, this.text);
    const proven: Proven = { gate, documentGate: this.document.gate, document: this.text };
    this.machine.writeFile(FILES.proven, JSON.stringify(proven));
  }
}

const failing = ({ findings }: Audit): string[] => [...new Set(findings.filter(({ verdict }) => verdict === "fail").map(({ control }) => control))];

const ended = (found: string, verdict: "fail" | "unknown"): Audit => ({
  controls: {},
  findings: [{ control: "secure-winrm", key: "run", verdict, expected: "a run to its end", found }],
  verdict,
});
