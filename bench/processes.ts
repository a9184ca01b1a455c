import { existsSync, readdirSync, readFileSync } from "node:fs";

/** What the processes of a run have used. */
export interface Usage {
  /** Most that was in memory at any time; of all together: at one time. Unit: bytes. */
  readonly memory: Parts;
  /** Processor time. Unit: seconds. */
  readonly cpu: Parts;
}

/** The program's process, the engine's, and all that were started: language host and emulated providers too. */
export interface Parts {
  readonly program: number;
  readonly engine: number;
  readonly tree: number;
}

/** A process as Linux tells of it. */
export interface Row {
  readonly pid: number;
  readonly parent: number;
  readonly bytes: number;
  readonly seconds: number;
}

// What Linux counts in, on all machines that Node runs on but a few: the ratios would be the same there.
const PAGE = 4096;
const TICKS = 100;
const EVERY_MS = 100;
const KIB = 1024;

/**
 * Watches a process and its descendants by looking at /proc again and again. The kernel keeps each process's own peak,
 * so a look that comes late loses little. Undefined where there is no /proc: then only time is measured.
 */
export function watch(root: number): (() => Usage) | undefined {
  if (!existsSync("/proc/self/stat")) return undefined;
  const peak = { program: 0, engine: 0, tree: 0 };
  const seen = new Map<number, { kind: Kind; seconds: number }>();
  const look = (): void => {
    const rows = descendants(processes(), root);
    peak.tree = Math.max(peak.tree, rows.reduce((sum, { bytes }) => sum + bytes, 0));
    for (const { pid, seconds } of rows) {
      const before = seen.get(pid)?.kind;
      // A process that has just been forked still looks like its parent: what is nothing yet is asked again.
      const kind = before === undefined || before === "other" ? kindOf(pid, root) : before;
      seen.set(pid, { kind, seconds });
      if (kind !== "other") peak[kind] = Math.max(peak[kind], peakOf(pid));
    }
  };
  const cpuOf = (kind?: Kind): number => [...seen.values()].reduce((sum, one) => sum + (kind === undefined || one.kind === kind ? one.seconds : 0), 0);
  const timer = setInterval(look, EVERY_MS);
  look();
  return () => {
    clearInterval(timer);
    return { memory: peak, cpu: { program: cpuOf("program"), engine: cpuOf("engine"), tree: cpuOf() } };
  };
}

type Kind = "program" | "engine" | "other";

function processes(): Row[] {
  return readdirSync("/proc").flatMap((entry) => {
    const text = /^\d+$/.test(entry) ? read(`/proc/${entry}/stat`) : "";
    return text === "" ? [] : [parseStat(text)];
  });
}

/** One line of /proc/PID/stat. The command stands in brackets and may itself hold spaces and brackets. */
export function parseStat(text: string): Row {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { pid: Number.parseInt(text, 10), parent: Number(fields[1]), bytes: Number(fields[21]) * PAGE, seconds: (Number(fields[11]) + Number(fields[12])) / TICKS };
}

/** A process and all that descend from it. */
export function descendants(rows: readonly Row[], root: number): readonly Row[] {
  const family = new Set([root]);
  for (let before = 0; before !== family.size; ) {
    before = family.size;
    for (const { pid, parent } of rows) if (family.has(parent)) family.add(pid);
  }
  return rows.filter(({ pid }) => family.has(pid));
}

/** The language host starts the program by a script of the SDK. */
function kindOf(pid: number, root: number): Kind {
  if (pid === root) return "engine";
  return read(`/proc/${pid}/cmdline`).includes("/@pulumi/pulumi/cmd/run") ? "program" : "other";
}

const peakOf = (pid: number): number => Number(/^VmHWM:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * KIB;

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // it has ended
  }
}
