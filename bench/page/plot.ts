import type { Cloud } from "../../components/fleet/naming";
import { CLOUDS } from "../fleet";
import type { Sample } from "../journal";
import { CONSTANT, SUBJECTS, type Subject } from "../subjects";
import { figuresOf, valueOf, type Figure } from "./figures";

const COLOURS: Readonly<Record<Subject, string>> = { ours: "#0b6e4f", empty: "#999999", "one-each": "#8c6bb1", bare: "#2b6cb0", flat: "#c2410c" };
const PANELS = [
  { measure: "time", title: "time, s", scale: 1 },
  { measure: "memory", title: "memory of program and engine, MB", scale: 1e6 },
] as const;
type Panel = Omit<(typeof PANELS)[number], "title" | "scale"> & { readonly title: string; readonly scale: number };

const PANEL = { width: 360, height: 240, left: 56, top: 34, bottom: 46, gap: 90 } as const;

interface Point {
  readonly x: number;
  readonly y: number;
  readonly finished: boolean;
}

/** Time and memory by number of hosts, a row for each cloud, all axes in powers of ten. By hand: a library for four panels would be the largest package here. */
export function plot(samples: readonly Sample[]): string {
  const clouds = CLOUDS.filter((cloud) => samples.some((one) => one.cloud === cloud));
  const step = PANEL.top + PANEL.height + PANEL.bottom;
  const width = 2 * (PANEL.width + PANEL.gap);
  const height = clouds.length * step + 30;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" role="img" aria-label="What a preview costs, by number of hosts">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...clouds.map((cloud, i) => row(cloud, figuresOf(samples, cloud), i * step + PANEL.top)),
    `<g transform="translate(${PANEL.left} ${clouds.length * step + 12})">${legend()}</g>`,
    "</svg>",
    "",
  ].join("\n");
}

const row = (cloud: Cloud, figures: readonly Figure[], y: number): string =>
  PANELS.map((shown, i) => `<g transform="translate(${PANEL.left + i * (PANEL.width + PANEL.gap)} ${y})">${panel(figures, { ...shown, title: `${cloud}: ${shown.title}` })}</g>`).join("\n");

function panel(figures: readonly Figure[], { measure, title, scale }: Panel): string {
  const series = SUBJECTS.map((subject) => ({
    subject,
    points: figures.filter((figure) => figure.subject === subject).flatMap((figure) => {
      const value = valueOf(figure, measure);
      return value === undefined ? [] : [{ x: figure.hosts, y: value / scale, finished: figure.finished }];
    }),
  }));
  const all = series.flatMap(({ points }) => points);
  if (all.length === 0) return text(0, -12, `${title}: not measured here`);
  const x = axis(all.map((point) => point.x), PANEL.width, false);
  const y = axis(all.map((point) => point.y), PANEL.height, true);
  return [
    text(0, -12, title),
    ...x.ticks.map((tick) => `${rule(x.at(tick), 0, x.at(tick), PANEL.height)}${text(x.at(tick), PANEL.height + 16, String(tick), "middle")}`),
    ...y.ticks.map((tick) => `${rule(0, y.at(tick), PANEL.width, y.at(tick))}${text(-6, y.at(tick) + 4, String(tick), "end")}`),
    text(PANEL.width / 2, PANEL.height + 32, "hosts", "middle"),
    ...series.filter(({ subject }) => CONSTANT.includes(subject)).flatMap(({ subject, points }) => points.map(({ y: value }) => level(y.at(value), COLOURS[subject]))),
    ...series.map(({ subject, points }) => curve(points.map((point) => ({ ...point, x: x.at(point.x), y: y.at(point.y) })), COLOURS[subject])),
  ].join("");
}

/** A logarithmic axis over whole decades. */
function axis(values: readonly number[], length: number, upwards: boolean): { readonly at: (value: number) => number; readonly ticks: readonly number[] } {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  const ticks = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
  return {
    ticks,
    at: (value) => {
      const part = (Math.log10(value) - low) / (high - low);
      return round((upwards ? 1 - part : part) * length);
    },
  };
}

/** An open dot is a program that ran out of memory there. */
const curve = (points: readonly Point[], colour: string): string =>
  `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${points.map(({ x, y }) => `${x},${y}`).join(" ")}"/>` +
  points.map(({ x, y, finished }) => `<circle cx="${x}" cy="${y}" r="3.5" stroke="${colour}" stroke-width="1.5" fill="${finished ? colour : "#ffffff"}"/>`).join("");

/** What is the same for any number of hosts. */
const level = (y: number, colour: string): string => `<line x1="0" y1="${y}" x2="${PANEL.width}" y2="${y}" stroke="${colour}" stroke-dasharray="4 4"/>`;

const legend = (): string =>
  SUBJECTS.map((subject, i) => `<rect x="${i * 110}" y="-9" width="14" height="4" fill="${COLOURS[subject]}"/>${text(i * 110 + 20, -3, subject)}`).join("");

const text = (x: number, y: number, content: string, anchor = "start"): string => `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="#333333">${content}</text>`;
const rule = (x1: number, y1: number, x2: number, y2: number): string => `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="#dddddd"/>`;
const round = (value: number): number => Math.round(value * 10) / 10;
