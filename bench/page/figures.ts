import type { Cloud } from "../../components/fleet/naming";
import type { Sample } from "../journal";
import { CONSTANT, SUBJECTS, type Subject } from "../subjects";

/** Middle of several samples of one subject and size. Memory unit: bytes. */
export interface Figure {
  readonly hosts: number;
  readonly subject: Subject;
  readonly rounds: number;
  readonly resources: number | undefined;
  readonly seconds: number;
  readonly cpu: number | undefined;
  readonly program: number | undefined;
  readonly engine: number | undefined;
  readonly tree: number | undefined;
  /** False: it ran out of memory, and every number is less than it needs. */
  readonly finished: boolean;
}

export const MEASURES = ["time", "processor", "memory"] as const;
export type Measure = (typeof MEASURES)[number];

export function valueOf({ seconds, cpu, program, engine }: Figure, measure: Measure): number | undefined {
  switch (measure) {
    case "time":
      return seconds;
    case "processor":
      return cpu;
    case "memory":
      // Emulated providers are not what anybody else would run.
      return program === undefined || engine === undefined ? undefined : program + engine;
    default:
      return measure satisfies never;
  }
}

export function figuresOf(all: readonly Sample[], cloud: Cloud): Figure[] {
  const samples = all.filter((sample) => sample.cloud === cloud);
  const sizes = [...new Set(samples.map(({ hosts }) => hosts))].sort((a, b) => a - b);
  return sizes.flatMap((hosts) =>
    SUBJECTS.flatMap((subject) => {
      const own = samples.filter((sample) => sample.hosts === hosts && sample.subject === subject);
      return own.length === 0 ? [] : [figureOf(hosts, subject, own)];
    }),
  );
}

function figureOf(hosts: number, subject: Subject, samples: readonly Sample[]): Figure {
  const usage = samples.flatMap((sample) => (sample.usage === undefined ? [] : [sample.usage]));
  return {
    hosts,
    subject,
    rounds: samples.length,
    resources: samples[0]?.resources,
    seconds: median(samples.map(({ seconds }) => seconds)) ?? 0,
    cpu: median(usage.map(({ cpu }) => cpu.tree)),
    program: median(usage.map(({ memory }) => memory.program)),
    engine: median(usage.map(({ memory }) => memory.engine)),
    tree: median(usage.map(({ memory }) => memory.tree)),
    finished: samples.every(({ finished }) => finished),
  };
}

/** Of an even number of values, the mean of the two in the middle. */
export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

/** A ratio; `below` when what it is held against did not end, so that it is smaller in truth. */
export interface Ratio {
  readonly value: number;
  readonly below: boolean;
}

const find = (figures: readonly Figure[], hosts: number, subject: Subject): Figure | undefined => figures.find((one) => one.hosts === hosts && one.subject === subject);

/** What ours takes, as a part of what another subject takes. */
export function ratio(figures: readonly Figure[], hosts: number, against: Subject, measure: Measure): Ratio | undefined {
  const [ours, other] = [find(figures, hosts, "ours"), find(figures, CONSTANT.includes(against) ? 1 : hosts, against)];
  const [part, whole] = [ours && valueOf(ours, measure), other && valueOf(other, measure)];
  if (ours?.finished !== true || other === undefined || part === undefined || whole === undefined || whole === 0) return undefined;
  return { value: part / whole, below: !other.finished };
}

/** Exponent of growth between two sizes: 1 is in proportion. */
export function growth(figures: readonly Figure[], subject: Subject, measure: Measure, from = 100, to = 1000): number | undefined {
  const [small, large] = [find(figures, from, subject), find(figures, to, subject)];
  const [low, high] = [small && valueOf(small, measure), large && valueOf(large, measure)];
  if (low === undefined || high === undefined || small?.finished !== true || large?.finished !== true) return undefined;
  return Math.log(high / low) / Math.log(to / from);
}

/** What is demanded of a cloud. */
export interface Bar {
  readonly text: string;
  readonly most: number;
  readonly found: Ratio | undefined;
}

const DEMANDED = ["time", "memory"] as const;
const AGAINST_FLAT: Readonly<Record<Cloud, Readonly<Record<number, Readonly<Record<(typeof DEMANDED)[number], number>>>>>> = {
  aws: { 300: { time: 0.45, memory: 0.75 }, 1000: { time: 0.4, memory: 0.7 } },
  azure: { 300: { time: 0.35, memory: 0.35 }, 1000: { time: 0.35, memory: 0.35 } },
};
const ONE_HOST = 1.5;
const GROWTH = 1.1;

export function barsOf(cloud: Cloud, figures: readonly Figure[]): Bar[] {
  const exponent = growth(figures, "ours", "time");
  return [
    { text: "1 host, time: part of one-each", most: ONE_HOST, found: ratio(figures, 1, "one-each", "time") },
    ...Object.entries(AGAINST_FLAT[cloud]).flatMap(([hosts, most]) =>
      DEMANDED.map((measure) => ({ text: `${hosts} hosts, ${measure}: part of flat`, most: most[measure], found: ratio(figures, Number(hosts), "flat", measure) }))),
    { text: "growth of time from 100 to 1000 hosts: exponent", most: GROWTH, found: exponent === undefined ? undefined : { value: exponent, below: false } },
  ];
}
