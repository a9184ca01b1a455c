import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { parse } from "yaml";
import { shownPath } from "../inventory-file";
import { startEndpoint } from "../sandbox-endpoint";
import { CommandError, isSandbox, ROOT, shortName } from "../stack";
import { locksOf } from "./locks";
import { PulumiStack } from "./pulumi";
import { recover } from "./recover";
import { mendTorn } from "./torn";

export interface Options {
  readonly stack: string;
  readonly yes?: boolean;
  /** It may be that a cloud has nothing of the stack any more. */
  readonly gone?: boolean;
  /** Folder of the project file. */
  readonly cwd?: string;
  readonly configFile?: string;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** `npm run recover`: exit code 0 when state and cloud know the same, 1 when the user did not want it. */
export async function recoverStack({ stack, yes = false, gone = false, cwd, configFile }: Options): Promise<boolean> {
  const folder = resolve(cwd ?? (isSandbox(stack) ? join(ROOT, "sandbox") : ROOT));
  // A stack of the sandbox's providers, wherever its project file lies: they all need its folder.
  const simulated = isSandbox(stack) || (cwd !== undefined && process.env.SECURE_WINRM_SANDBOX !== undefined);
  const endpoint = simulated ? await startEndpoint() : undefined;
  // The engine's command ends by it, and the state is then put back: that takes this process.
  let interrupted = false;
  const interrupt = (): void => {
    if (!interrupted) say("one moment: the state is put back as it was");
    interrupted = true;
  };
  process.on("SIGINT", interrupt);
  try {
    // The SDKs look into the environment too.
    Object.assign(process.env, endpoint?.environment);
    const pulumi = new PulumiStack(stack, folder, configFile === undefined ? [] : ["--config-file", configFile]);
    const project = projectOf(folder);
    const backend = await pulumi.backend();
    const torn = mendTorn(backend, project, shortName(stack), kept());
    if (torn !== undefined) say(torn);
    return await recover({
      stack: pulumi,
      locks: () => locksOf(backend, project, shortName(stack)),
      say,
      mayBeGone: gone,
      isInterrupted: () => interrupted,
      ask: () => wanted(yes, stack),
      keep: (checkpoint) => {
        const file = join(kept(), `${shortName(stack)}-${new Date().toISOString().replace(/[:.]/g, "-")}.json`);
        // Secrets in it are encrypted, and it is nobody else's all the same.
        writeFileSync(file, checkpoint.text(), { mode: 0o600 });
        return shownPath(file);
      },
    });
  } finally {
    process.off("SIGINT", interrupt);
    await endpoint?.stop();
  }
}

/** Where what is replaced can be looked up. */
function kept(): string {
  const folder = resolve(ROOT, process.env.SECURE_WINRM_RECOVERY || join(".secure-winrm", "recovery"));
  mkdirSync(folder, { recursive: true });
  return folder;
}

function projectOf(folder: string): string {
  const { name } = parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8")) as { name?: unknown };
  return typeof name === "string" ? name : "";
}

async function wanted(yes: boolean, stack: string): Promise<boolean> {
  if (yes) return true;
  if (process.stdin.isTTY !== true) throw new CommandError("nobody can be asked here: write --yes when this is what you want");
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const enough = new AbortController();
  lines.once("SIGINT", () => enough.abort());
  try {
    const answer = await lines.question(`Make sure that nobody deploys stack ${stack} at this moment, and that no other backend has a stack of this name in these accounts. Do this? (yes/no) `, { signal: enough.signal }).catch(() => "no");
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
