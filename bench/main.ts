import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { wantedOf, type Wanted } from "./arguments";
import { benchFleet, type BenchFleet } from "./fleet";
import { Journal, type Sample } from "./journal";
import { occasion, type Occasion } from "./occasion";
import { plot } from "./page/plot";
import { bars, page } from "./page/report";
import { initStack, preview, type Place } from "./preview";
import { batchesOf, isLeft, isWhole, runsOf, secondsLeft, type Batch } from "./schedule";
import { writeProject, type Subject } from "./subjects";

const ROOT = resolve(__dirname, "..");
const WORK = join(ROOT, ".sandbox", "bench");
const say = (text: string): void => void process.stderr.write(`${text}\n`);

async function bench(wanted: Wanted, when: Occasion): Promise<void> {
  const journal = new Journal(join(WORK, "samples.jsonl"));
  if (wanted.anew) journal.forget();
  const samples = journal.read(when);
  if (samples.length > 0) say(`${samples.length} previews of this very code are measured already; --anew forgets them.`);
  const left = () => runsOf(wanted).filter((run) => isLeft(run, samples));
  const sayLeft = (): void => say(`${left().length} previews to measure, about ${Math.ceil(secondsLeft(left(), samples) / 60)} min.`);
  sayLeft();
  const warm = new Set<string>();
  for (const batch of batchesOf(left())) {
    // Not measured: the first run of all fills caches that the others find full.
    if (!warm.has(batch.cloud)) await preview(await prepared(benchFleet(batch.cloud, 1), "ours"));
    warm.add(batch.cloud);
    await measure(batch, when, samples, journal);
    // A run that is broken off has something to show too.
    write(samples);
    sayLeft();
  }
  const out = write(samples);
  process.stdout.write(`${bars(samples)}\n`);
  say(`The results are in ${relative(ROOT, out)}.`);
}

/** What is left of one size. */
async function measure({ cloud, hosts, runs }: Batch, when: Occasion, samples: Sample[], journal: Journal): Promise<void> {
  const fleet = benchFleet(cloud, hosts);
  const places = new Map<Subject, Place>();
  for (const run of runs) {
    if (!isLeft(run, samples)) continue;
    const place = places.get(run.subject) ?? (await prepared(fleet, run.subject));
    places.set(run.subject, place);
    const sample = { ...run, ...(await preview(place)), ...when };
    if (run.subject === "ours" && !sample.finished) throw new Error(`${hosts} hosts in ${cloud}: our program ran out of memory`);
    expected(fleet, sample);
    samples.push(sample);
    journal.add(sample);
    say(`${cloud}, ${hosts} ${hosts === 1 ? "host" : "hosts"}, round ${run.round + 1}: ${run.subject} ${sample.finished ? "" : "ran out of memory after "}${sample.seconds.toFixed(1)} s`);
  }
}

async function prepared(fleet: BenchFleet, subject: Subject): Promise<Place> {
  const folder = join(WORK, `${fleet.cloud}-${fleet.hosts.length}-${subject}`);
  writeProject(ROOT, folder, subject, fleet);
  const state = join(folder, "state");
  const place = { folder, env: { ...process.env, PULUMI_BACKEND_URL: `file://${state}`, PULUMI_CREDENTIALS_PATH: state, SECURE_WINRM_STATE: state } };
  await initStack(place);
  return place;
}

/** @throws Error when what is compared does not make the same: ours has a component for the fleet and one for each host besides */
function expected({ plan, hosts }: BenchFleet, { subject, resources }: Sample): void {
  const most: Partial<Record<Subject, number>> = { ours: plan.length + hosts.length + 1, bare: plan.length, flat: plan.length };
  const wanted = most[subject];
  if (resources !== undefined && wanted !== undefined && resources !== wanted) throw new Error(`${subject} makes ${resources} resources where ${wanted} were expected`);
}

/** Only what was measured of all sizes in both clouds takes the place of committed results. */
function write(samples: readonly Sample[]): string {
  const folder = isWhole(samples) ? join(ROOT, "bench") : WORK;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "results.md"), page(samples));
  writeFileSync(join(folder, "results.svg"), plot(samples));
  return join(folder, "results.md");
}

const args = process.argv.slice(2);
Promise.resolve()
  .then(() => bench(wantedOf(args), occasion(ROOT, args)))
  .catch((error: unknown) => {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  });
