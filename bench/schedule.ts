import type { Cloud } from "../components/fleet/naming";
import { SIZES, type Wanted } from "./arguments";
import { CLOUDS } from "./fleet";
import { CONSTANT, SUBJECTS, type Subject } from "./subjects";

/** One preview that is to be measured. */
export interface Run {
  readonly cloud: Cloud;
  readonly hosts: number;
  /** From 0. */
  readonly round: number;
  readonly subject: Subject;
}

/** A small preview ends soon and varies much; a large one takes minutes. */
const ROUNDS = [
  { upTo: 1, rounds: 5 },
  { upTo: 100, rounds: 3 },
  { upTo: 300, rounds: 2 },
];

const roundsOf = (hosts: number): number => ROUNDS.find(({ upTo }) => hosts <= upTo)?.rounds ?? 1;

/** All subjects of one size in turns, in each round another one first: what slows the machine for a while slows them all. */
export const runsOf = ({ clouds, hosts: sizes, rounds }: Omit<Wanted, "anew">): Run[] =>
  clouds.flatMap((cloud) =>
    sizes.flatMap((hosts) => {
      const subjects = SUBJECTS.filter((subject) => hosts === 1 || !CONSTANT.includes(subject));
      return Array.from({ length: rounds ?? roundsOf(hosts) }, (_, round) =>
        [...subjects.slice(round % subjects.length), ...subjects.slice(0, round % subjects.length)].map((subject) => ({ cloud, hosts, round, subject }))).flat();
    }),
  );

/** What is to be measured of one size. */
export interface Batch {
  readonly cloud: Cloud;
  readonly hosts: number;
  readonly runs: readonly Run[];
}

export function batchesOf(runs: readonly Run[]): Batch[] {
  const batches = new Map<string, { cloud: Cloud; hosts: number; runs: Run[] }>();
  for (const run of runs) {
    const { cloud, hosts } = run;
    const batch = batches.get(`${cloud} ${hosts}`) ?? { cloud, hosts, runs: [] };
    batch.runs.push(run);
    batches.set(`${cloud} ${hosts}`, batch);
  }
  return [...batches.values()];
}

type Done = Run & { readonly seconds: number; readonly finished: boolean };

/** Once out of memory, always out of memory, and it takes long: that is not measured again. */
export const isLeft = ({ cloud, hosts, round, subject }: Run, done: readonly Done[]): boolean =>
  !done.some((other) => other.cloud === cloud && other.hosts === hosts && other.subject === subject && (other.round === round || !other.finished));

/** Whether every cloud, size and subject was measured at least once. */
export const isWhole = (done: readonly Done[]): boolean =>
  runsOf({ clouds: CLOUDS, hosts: SIZES, rounds: 1 }).every((run) => done.some(({ cloud, hosts, subject }) => cloud === run.cloud && hosts === run.hosts && subject === run.subject));

/** For an estimate only, from one machine. Unit: seconds, for none and for each host. */
const ROUGHLY: Readonly<Record<Subject, Readonly<Record<Cloud, readonly [number, number]>>>> = {
  ours: { aws: [3, 0.045], azure: [3, 0.09] },
  empty: { aws: [1.5, 0], azure: [1.5, 0] },
  "one-each": { aws: [3, 0], azure: [3, 0] },
  bare: { aws: [3, 0.07], azure: [3, 0.12] },
  flat: { aws: [3, 0.18], azure: [3, 0.6] },
};

const roughly = ({ cloud, hosts, subject }: Run): number => {
  const [base, each] = ROUGHLY[subject][cloud];
  return base + each * hosts;
};

/** What is left, by what this machine took for what it has done. Unit: seconds. */
export function secondsLeft(left: readonly Run[], done: readonly Done[]): number {
  const expected = done.reduce((sum, run) => sum + roughly(run), 0);
  const pace = expected === 0 ? 1 : done.reduce((sum, { seconds }) => sum + seconds, 0) / expected;
  return pace * left.reduce((sum, run) => sum + roughly(run), 0);
}
