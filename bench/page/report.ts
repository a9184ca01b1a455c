import type { Cloud } from "../../components/fleet/naming";
import { CLOUDS } from "../fleet";
import type { Sample } from "../journal";
import { ABOUT, SUBJECTS, type Subject } from "../subjects";
import { barsOf, figuresOf, growth, MEASURES, ratio, valueOf, type Figure, type Measure, type Ratio } from "./figures";

const OTHERS: readonly Subject[] = SUBJECTS.filter((subject) => subject !== "ours");

/** The page of results. */
export function page(samples: readonly Sample[]): string {
  const clouds = CLOUDS.filter((cloud) => samples.some((one) => one.cloud === cloud));
  return `${[
    "# What a preview costs",
    `Measured ${days(samples)} by ${listed(samples, ({ command }) => `\`${command}\``)} on ${listed(samples, ({ machine }) => machine)}; ${listed(samples, ({ versions }) => versions)}.`,
    "A cold preview: new processes, a stack that has nothing yet, the sandbox's emulated providers, Pulumi's TypeScript compiler without its type check. The programs take turns; each figure is the median of its rounds.",
    "![time and memory by number of hosts](results.svg)",
    SUBJECTS.map((subject) => `- **${subject}**: ${ABOUT[subject]}`).join("\n"),
    'Time is what a clock shows for the whole command. Processor time is that of all its processes. Memory is the most that the program (Node) and the engine each had, added; the emulated providers count only under "all processes". ' +
      "All programs may use the same heap, more than Node's own limit, because the flat one needs it. A `>` is a program that ran out of memory all the same, and a `<` what follows from that; its time ends with the garbage collector's struggle for the last of the heap, so read it as not more than a hint.",
    ...clouds.flatMap((cloud) => section(cloud, figuresOf(samples, cloud))),
  ].join("\n\n")}\n`;
}

function section(cloud: Cloud, figures: readonly Figure[]): string[] {
  return [
    `## ${cloud}`,
    "What is asked for:",
    barTable(cloud, figures),
    "Ours, as a part of the others:",
    ...MEASURES.map((measure) => ratios(figures, measure)),
    "Figures:",
    figureTable(figures),
    "Growth from 100 to 1000 hosts, as an exponent (1 is in proportion):",
    growthTable(figures),
  ];
}

/** What is asked for, and whether it is so. */
export const bars = (samples: readonly Sample[]): string => CLOUDS.map((cloud) => `\n${cloud}\n${barTable(cloud, figuresOf(samples, cloud))}`).join("\n");

function days(samples: readonly Sample[]): string {
  const dates = samples.map(({ date }) => date).sort();
  const [first = "-", last = "-"] = [dates[0], dates.at(-1)];
  return first === last ? first : `${first} to ${last}`;
}

const listed = (samples: readonly Sample[], text: (sample: Sample) => string): string => [...new Set(samples.map(text))].join(", ");

function ratios(figures: readonly Figure[], measure: Measure): string {
  const sizes = [...new Set(figures.map(({ hosts }) => hosts))];
  const rows = sizes.map((hosts) => [String(hosts), ...OTHERS.map((other) => ratioText(ratio(figures, hosts, other, measure)))]);
  return table([`${measure}, hosts`, ...OTHERS.map((other) => `of ${other}`)], rows);
}

function figureTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const more = figure.finished ? "" : "> ";
    const mb = (bytes: number | undefined): string => (bytes === undefined ? "-" : `${more}${Math.round(bytes / 1e6)}`);
    const s = (seconds: number | undefined): string => (seconds === undefined ? "-" : `${more}${seconds.toFixed(1)}`);
    const { hosts, subject, resources, rounds, seconds, cpu, program, engine, tree } = figure;
    return [String(hosts), subject, String(resources ?? "-"), String(rounds), s(seconds), s(cpu), mb(program), mb(engine), mb(valueOf(figure, "memory")), mb(tree)];
  });
  return table(["hosts", "program", "resources", "rounds", "time, s", "processor, s", "program, MB", "engine, MB", "both, MB", "all processes, MB"], rows);
}

function growthTable(figures: readonly Figure[]): string {
  const rows = SUBJECTS.map((subject) => [subject, ...MEASURES.map((measure) => growth(figures, subject, measure)?.toFixed(2) ?? "-")]);
  const measured = rows.filter(([, ...cells]) => cells.some((cell) => cell !== "-"));
  return measured.length === 0 ? "Not measured." : table(["exponent", ...MEASURES], measured);
}

function barTable(cloud: Cloud, figures: readonly Figure[]): string {
  const rows = barsOf(cloud, figures).map(({ text, most, found }) => [text, String(most), ratioText(found), found === undefined ? "not measured" : found.value <= most ? "met" : "**missed**"]);
  return table(["what", "at most", "found", ""], rows);
}

const ratioText = (found: Ratio | undefined): string => (found === undefined ? "-" : `${found.below ? "< " : ""}${found.value.toFixed(2)}`);

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "--:"))), ...rows.map(line)].join("\n");
}
