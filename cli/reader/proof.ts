import { randomBytes } from "node:crypto";
import { canonicalJson } from "../../components/guest/canonical";
import { pauseText, type PauseRequest } from "../../components/guest/keeper";
import { judge, strangeness, type Expectation, type Judgement, type Question as AskedOf } from "../../components/evidence/judge";
import { resultLine } from "../../components/evidence/result";
import { parseVerdict, type GuestVerdict } from "../../components/evidence/verdict";
import { ChannelError, type Channel } from "./channel";
import { OpenDoorError, shutUnknown, type DoorGroups } from "./doors";
import { Patience } from "./patience";
import { judgePrepared, preparedLine } from "./prepare";
import type { HostRequest } from "./request";

/**
 * prepare: before there is a certificate; closes the host from inside and makes it trust the organisation's roots. It proves nothing.
 * gate: the door is shut; applies everything and proves it.
 * audit: the door may be open; applies what the gate does not vouch for, and audits.
 * recheck: looks, and changes nothing.
 */
export type Task = "prepare" | "gate" | "audit" | "recheck";

/** What a person asks of a host's own keeper, beside a deployment. */
export type KeeperTask = "pause" | "resume" | "release";

const RUNS: Record<Task | KeeperTask, Pick<Expectation, "mode" | "run">> = {
  prepare: { mode: "Apply", run: "Prepare" },
  gate: { mode: "Apply", run: "Gate" },
  audit: { mode: "Apply", run: "Maintenance" },
  recheck: { mode: "Audit", run: "Maintenance" },
  pause: { mode: "Apply", run: "Pause" },
  resume: { mode: "Apply", run: "Resume" },
  release: { mode: "Apply", run: "Maintenance" },
};

const DOOR: Record<Task, string> = {
  prepare: "the door stays shut",
  gate: "the door stays shut",
  audit: "the door was not touched",
  recheck: "the door was not touched",
};

export interface Asking {
  readonly task: Task | KeeperTask;
  readonly request: HostRequest & { readonly generation?: string };
  readonly instance: string;
  /** The control channel is a sandbox's, so that a model of Windows may answer. */
  readonly sandbox: boolean;
  /** Of the task `pause`. */
  readonly pause?: PauseRequest;
}

export interface Question extends Asking {
  readonly task: Task;
  readonly today: string;
}

export interface Look {
  readonly judgement: Judgement;
  readonly verdict?: GuestVerdict;
}

/** Runs the guest's script by the control channel, and judges what it says. */
export async function look(channel: Channel, question: Question): Promise<Look> {
  const patience = new Patience(question.request.timeoutMinutes);
  const first = await ask(channel, question, patience);
  // Once: a host that wants to be started anew again and again says what it lacks.
  if (channel.restart === undefined || first.verdict?.reboot !== true || [...strangeness(first.verdict, first.asked)].length > 0) return judged(question, first);
  await channel.restart(question.instance, patience);
  return judged(question, await ask(channel, question, patience));
}

export interface Heard {
  readonly asked: AskedOf;
  readonly verdict: GuestVerdict | undefined;
  readonly succeeded: boolean;
  /** As the cloud calls it. */
  readonly run: string;
}

export async function ask(channel: Channel, { task, request, instance, sandbox, pause }: Asking, patience: Patience): Promise<Heard> {
  // Fresh for each run, so that an answer from before is none.
  const nonce = randomBytes(16).toString("hex");
  const run = RUNS[task];
  const parameters = {
    Mode: run.mode,
    Run: run.run,
    Nonce: nonce,
    Gate: task === "gate" ? request.gate : "",
    // A maintenance run keeps to what the gate has left on the host.
    Host: task === "gate" || task === "prepare" ? Buffer.from(canonicalJson(request.parameters), "utf8").toString("base64") : "",
    NodesHash: "",
    // Documents from before it was a parameter take none.
    ...(pause !== undefined && { Pause: Buffer.from(pauseText(pause), "utf8").toString("base64") }),
  };
  await channel.waitUntilManaged(instance, patience);
  const answers = await channel.run({ task, instances: [instance], parameters }, patience);
  const answer = answers.get(instance);
  if (answer?.kind !== "answered") throw new ChannelError(answer?.reason ?? "no answer");
  return { asked: { instance, nonce, ...run, simulated: sandbox }, verdict: parseVerdict(answer.output), succeeded: answer.succeeded, run: answer.run };
}

function judged({ task, request, today }: Question, { asked, verdict, succeeded, run }: Heard): Look {
  const { gate, generation, controls, reported, exceptions } = request;
  const judgement = task === "prepare" ? judgePrepared({ verdict, succeeded }, asked) : judge({ verdict, succeeded }, { ...asked, gate, generation, controls, reported, exceptions, today });
  if (judgement.trusted) return { judgement, verdict };
  return { judgement: { ...judgement, faults: [...judgement.faults, run] } };
}

export type Proof = { readonly ok: true; readonly line: string } | { readonly ok: false; readonly lines: readonly string[] };

/**
 * What the command says in the end: a line for the state, or lines for people.
 *
 * @param doors for tasks that change what a shut door must hide: nothing is asked of the host while one is open
 */
export async function prove(channel: Channel, question: Question, doors?: DoorGroups): Promise<Proof> {
  const { task, request, instance } = question;
  const failed = (what: string, faults: readonly string[]): Proof => ({
    ok: false,
    lines: [`${request.host} (${instance}): ${what}, ${DOOR[task]}`, ...faults.map((fault) => `  ${fault}`)],
  });
  try {
    if (doors !== undefined) await shutUnknown(doors, request.doorGroup, request.host, request.timeoutMinutes);
    const { judgement, verdict } = await look(channel, question);
    if (judgement.ok && verdict !== undefined) {
      return { ok: true, line: task === "prepare" ? preparedLine(request.host, verdict) : resultLine(request.host, verdict, judgement) };
    }
    return failed(judgement.trusted ? (task === "prepare" ? "the preparation failed" : "the audit failed") : "its answer does not count", judgement.faults);
  } catch (error) {
    if (error instanceof OpenDoorError) return { ok: false, lines: [`${request.host} (${instance}): nothing was asked of the host, because its door may be open`, `  ${error.message}`] };
    if (error instanceof ChannelError) return failed("no verdict", [error.message]);
    throw error;
  }
}
