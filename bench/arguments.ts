import { parseArgs } from "node:util";
import type { Cloud } from "../components/fleet/naming";
import { CLOUDS } from "./fleet";

/** What is measured. */
export interface Wanted {
  readonly clouds: readonly Cloud[];
  readonly hosts: readonly number[];
  /** Undefined: as many as the size deserves. */
  readonly rounds: number | undefined;
  /** Forget what an earlier run has measured, instead of going on with it. */
  readonly anew: boolean;
}

export const SIZES: readonly number[] = [1, 10, 100, 300, 1000];
const MOST_HOSTS = 2000;
const OPTIONS = { clouds: { type: "string" }, hosts: { type: "string" }, rounds: { type: "string" }, anew: { type: "boolean" } } as const;

/** @throws Error that says what is wrong with the command line, and what to write */
export function wantedOf(args: readonly string[]): Wanted {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const clouds = list(values.clouds) ?? CLOUDS;
  const strange = clouds.find((cloud) => !CLOUDS.some((known) => known === cloud));
  if (strange !== undefined) throw new Error(`--clouds: ${strange} is no cloud; write ${CLOUDS.join(" or ")}, or both with a comma between them`);
  const hosts = list(values.hosts)?.map((text) => whole("--hosts", text, MOST_HOSTS)) ?? SIZES;
  return {
    clouds: CLOUDS.filter((cloud) => clouds.includes(cloud)),
    hosts: [...new Set(hosts)].sort((a, b) => a - b),
    rounds: values.rounds === undefined ? undefined : whole("--rounds", values.rounds, 100),
    anew: values.anew === true,
  };
}

const list = (text: string | undefined): string[] | undefined => text?.split(",").map((part) => part.trim()).filter((part) => part !== "");

function whole(option: string, text: string, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > most) throw new Error(`${option}: ${text} is no whole number from 1 to ${most}; write one, such as 10`);
  return value;
}
