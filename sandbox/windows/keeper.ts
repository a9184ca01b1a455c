import { FILES, type Document } from "./document";
import { removeRule, rulesNamed } from "./firewall";
import { gateHolds, QUARANTINE_RULE } from "./handle-firewall";
import type { Bound } from "./handlers";
import { askedFor, HOUR, isPaused, keptOf, keptText, rowFor, type Case, type Kept } from "./kept";
import type { Machine } from "./machine";
import { blockRule, isOpen, isStopped, startWinRm, stopWinRm, switchListeners, wouldAnswer } from "./quarantine";
import { isRunning } from "./winrm";

type Door = "keep" | "quarantine" | "release";

/** What a host does about its own door: it shuts itself, lets itself be mended, and opens again. */
export class Keeper {
  private kept: Kept;
  private readonly now: number;

  constructor(
    private readonly machine: Machine,
    private readonly rules: Document["keeper"],
  ) {
    this.kept = keptOf(machine.state);
    this.now = Date.parse(machine.cloud.now);
    machine.listenerOff = this.quarantined && this.listenerIsOff;
  }

  /** Wherever the rule still is; where somebody has taken it away everywhere, the file remembers. */
  private get quarantined(): boolean {
    return this.kept.quarantined || rulesNamed(this.machine.state, QUARANTINE_RULE).length > 0;
  }

  private get paused(): boolean {
    return isPaused(this.kept, this.now, this.rules.pauseHours);
  }

  private get listenerIsOff(): boolean {
    return this.machine.state.listeners.some(({ transport, disabled }) => transport === "HTTPS" && disabled);
  }

  /** What quarantine itself has shut is nothing that a repair may bring back, and no reason to stay shut. */
  readonly hasShut = ({ resource }: Bound): boolean => {
    if (this.kept.stopped && resource.kind === "service" && resource.name.toLowerCase() === "winrm") return true;
    return this.machine.listenerOff && (resource.kind === "sslBinding" || (resource.kind === "answer" && resource.expect === "wsman"));
  };

  /** Before anything else is repaired: a pause that is over, and what must go on shutting while the rest is set right. */
  begin(): void {
    const { pause } = this.kept;
    if (pause && pause.until > pause.since && !this.paused) this.endPause("its time has run out, or the clock was put back");
    if (!this.quarantined || this.paused || gateHolds(this.machine)) return;
    this.shut();
    if (!this.kept.stopped || wouldAnswer(this.machine.state)) return;
    startWinRm(this.machine);
    this.keep({ stopped: false });
    this.machine.listenerOff = this.listenerIsOff;
  }

  /**
   * Where the hours are used up, the run goes on without a pause.
   *
   * @returns why nothing was asked for
   */
  pause(base64: string): string | undefined {
    const { pauseHours } = this.rules;
    const asked = askedFor(base64, pauseHours);
    if (!asked) return `a pause is for 1 to ${pauseHours} hours, and says by whom and for what reason`;
    const { hours, by, reason } = asked;
    const before = this.kept.pause;
    const since = before === undefined || before.passed ? this.now : Math.min(before.since, this.now);
    const until = Math.min(this.now + hours * HOUR, since + pauseHours * HOUR);
    if (until <= this.now) {
      this.machine.log.push(`no pause for ${by}: ${pauseHours} hours without a passed run are used up`);
      return undefined;
    }
    this.keep({ pause: { since, until, by, reason, passed: false } });
    this.machine.tell("paused", JSON.stringify({ event: "paused", by, reason, hours, until: iso(until) }));
    return undefined;
  }

  resume(): void {
    if (this.paused) this.endPause("somebody has asked for it");
  }

  /** What is over stays over, whatever the clock says later; since when it was is remembered until a run has passed. */
  private endPause(why: string): void {
    const { pause } = this.kept;
    if (!pause) return;
    this.keep({ pause: { ...pause, until: pause.since } });
    this.machine.tell("resumed", JSON.stringify({ event: "resumed", why, by: pause.by, reason: pause.reason }));
  }

  private row(verdict: Case["verdict"]): { door: Door; failed: "reset" | "keep" | "count" } {
    return rowFor(this.rules.rows, { verdict, held: gateHolds(this.machine), quarantined: this.quarantined, paused: this.paused, failedBefore: this.kept.failed });
  }

  wants(verdict: Case["verdict"]): Door {
    return this.row(verdict).door;
  }

  /** What becomes of the door after a run with this verdict; the run is counted. */
  decide(verdict: Case["verdict"]): Door {
    const { failed, pause } = this.kept;
    const row = this.row(verdict);
    const isPassed = verdict === "pass" && pause !== undefined;
    this.keep({
      failed: row.failed === "count" ? failed + 1 : row.failed === "reset" ? 0 : failed,
      // One that still lasts goes on: somebody may have asked before the work begins.
      ...(isPassed && { pause: this.paused ? { ...pause, passed: true } : undefined }),
    });
    return row.door;
  }

  /** Nobody gets in from here on, and whoever is in is thrown out. */
  quarantine(failing: readonly string[], wasOpened: boolean): void {
    const { machine } = this;
    const isNew = !this.quarantined;
    this.shut();
    this.keep({ quarantined: true });
    if (isNew || wasOpened) {
      if (machine.state.sessions > 0 && isRunning(machine.state)) machine.restartWinRm("quarantine");
      machine.cutSessions("quarantine");
    }
    const shutBy = this.kept.stopped ? "the service, which is stopped" : this.listenerIsOff ? "the listener, which is disabled" : "the block rule";
    if (isNew) machine.tell("quarantined", JSON.stringify({ event: "quarantined", shutBy, failing }));
  }

  /** The rule in any case; where the firewall lets somebody in to where somebody answers, listeners go, then the service. */
  private shut(): void {
    const { machine } = this;
    blockRule(machine);
    if (isOpen(machine.state, true)) switchListeners(machine, false);
    machine.listenerOff = this.listenerIsOff;
    if (!isOpen(machine.state, true)) return;
    stopWinRm(machine);
    this.keep({ stopped: true });
  }

  /** Whatever quarantine has shut beside the firewall comes back, to be looked at. */
  switchOn(): void {
    const { machine } = this;
    if (this.kept.stopped && isStopped(machine.state)) startWinRm(machine);
    if (this.quarantined) switchListeners(machine, true);
    machine.listenerOff = false;
    this.keep({ stopped: false });
  }

  /** The block is the last to go. */
  release(verdict: Case["verdict"]): void {
    if (!this.quarantined) return;
    this.switchOn();
    removeRule(this.machine.state, QUARANTINE_RULE);
    this.machine.record("block-off", QUARANTINE_RULE, "on", "absent");
    this.keep({ quarantined: false });
    this.machine.tell("released", JSON.stringify({ event: "released", verdict, paused: this.paused }));
  }

  /** A gate run has proven everything. */
  clear(): void {
    this.release("pass");
    this.keep({ failed: 0, pause: undefined });
  }

  /** Once a day. */
  tellOfCertificate(daysLeft: number): void {
    const today = iso(this.now).slice(0, 10).replaceAll("-", "");
    const minimum = this.rules.certificateDays;
    if (daysLeft >= minimum || this.kept.told === today) return;
    this.machine.tell("certificate", JSON.stringify({ event: "certificate", daysLeft, minimum }));
    this.keep({ told: today });
  }

  get answer(): { quarantined: boolean; pausedUntil: string; failed: number } {
    const { failed, pause } = this.kept;
    return { quarantined: this.quarantined, pausedUntil: pause && this.paused ? iso(pause.until) : "", failed };
  }

  private keep(change: Partial<Kept>): void {
    this.kept = { ...this.kept, ...change };
    this.machine.writeFile(FILES.keeper, keptText(this.kept));
  }
}

const iso = (time: number): string => new Date(time).toISOString();
