import { spawn } from "node:child_process";
import { CommandError } from "../stack";
import { Checkpoint } from "./checkpoint";
import { troubleOf, wantedOf, type Wanted } from "./wanted";

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** URNs in one refresh: a command line has an end, which in Windows comes soon. */
const TARGETS = 100;

export interface Previewed {
  readonly wanted: readonly Wanted[];
  /** Left out where the preview was whole. */
  readonly trouble?: string;
}

/** One stack, by the engine's own commands. */
export class PulumiStack {
  constructor(
    readonly name: string,
    /** Folder of its project file. */
    private readonly folder: string,
    /** What else the user has written for `preview`, such as `--config-file`. */
    private readonly further: readonly string[] = [],
  ) {}

  /** Undefined where there is no such stack. */
  async export(): Promise<Checkpoint | undefined> {
    const { code, stdout, stderr } = await this.#pulumi(["stack", "export"]);
    if (code === 0) return Checkpoint.read(stdout);
    if (/no stack named|unable to open bucket/.test(stderr)) return undefined;
    throw new CommandError(`the state of stack ${this.name} could not be read:\n${stderr.trim()}`);
  }

  /** @throws CommandError when the state is another than it was when it was read */
  async mustStillBe(checkpoint: Checkpoint): Promise<void> {
    const now = await this.export();
    if (now?.text() !== checkpoint.text()) throw new CommandError(`the state of stack ${this.name} has changed since it was read: somebody deploys; wait for the end, and run recover again`);
  }

  /** What the program would make now, and what it said when it could not say all of it. */
  async preview(): Promise<Previewed> {
    // What the state knows and a cloud does not have any more would be made too. Where a cloud cannot be asked, the state is believed.
    const asked = await this.#pulumi(["preview", "--json", "--refresh", ...this.further]);
    const { code, stdout, stderr } = asked.code === 0 ? asked : await this.#pulumi(["preview", "--json", ...this.further]);
    if (code === 0) return { wanted: wantedOf(stdout) };
    // A preview that fails half-way has steps too: what it would have made after them is looked for in the next round.
    return stdout.includes('"steps"') ? { wanted: wantedOf(stdout), trouble: troubleOf(stdout) } : { wanted: [], trouble: `${stderr}\n${stdout}`.trim() };
  }

  /** Why not, where the backend did not do it. */
  async cancel(): Promise<string | undefined> {
    const { code, stdout, stderr } = await this.#pulumi(["cancel", "--yes"]);
    return code === 0 ? undefined : `${stderr}\n${stdout}`.trim();
  }

  async import(checkpoint: Checkpoint): Promise<void> {
    await this.#must(["stack", "import"], checkpoint.text());
  }

  /** Asks the providers about some resources; those that are not there leave the state. */
  async refresh(urns: readonly string[]): Promise<void> {
    for (let i = 0; i < urns.length; i += TARGETS) {
      await this.#must(["refresh", "--yes", "--skip-preview", ...urns.slice(i, i + TARGETS).flatMap((urn) => ["--target", urn])]);
    }
  }

  /** Address of the backend that keeps the state. */
  async backend(): Promise<string> {
    const { stdout } = await run(["whoami", "--verbose", "--json", "--non-interactive"], this.folder);
    return /"url":\s*"([^"]+)"/.exec(stdout)?.[1] ?? "";
  }

  async #must(args: readonly string[], input?: string): Promise<void> {
    const { code, stdout, stderr } = await this.#pulumi(args, input);
    if (code !== 0) throw new CommandError(`pulumi ${args.slice(0, 2).join(" ")} failed on stack ${this.name}; nothing is lost, run recover again:\n${`${stderr}\n${stdout}`.trim()}`);
  }

  #pulumi(args: readonly string[], input?: string): Promise<Run> {
    return run([...args, "--stack", this.name, "--non-interactive", "--color", "never"], this.folder, input);
  }
}

function run(args: readonly string[], folder: string, input = ""): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn("pulumi", ["-C", folder, ...args], { stdio: ["pipe", "pipe", "pipe"] });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (data: Buffer) => out.push(data));
    child.stderr.on("data", (data: Buffer) => err.push(data));
    child.on("error", (error: NodeJS.ErrnoException) => reject(error.code === "ENOENT" ? new CommandError("there is no pulumi on PATH; start this command with `npm run recover`, which finds or builds one") : error));
    child.on("close", (code) => resolve({ code: code ?? -1, stdout: Buffer.concat(out).toString("utf8"), stderr: Buffer.concat(err).toString("utf8") }));
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}
