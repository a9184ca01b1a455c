import { Command } from "commander";
import { ExportError } from "../components/evidence/export";
import { pause, release, resume, type PauseOptions } from "./keeper";
import { ChannelError } from "./reader/channel";
import { RequestError } from "./reader/request";
import { recoverStack, type Options } from "./recover/main";
import { CommandError, SANDBOX } from "./stack";
import { inventory, summary } from "./summary";
import { verdict } from "./verdict";

/** The commands beside `pulumi`, for `npm run cli -- COMMAND`. */
const program = new Command("npm run cli --").description("What a person asks beside pulumi: hosts and their doors, the inventory, a host's verdict, a pause of its quarantine.");
const stackOption = ["-s, --stack <name>", "the stack", SANDBOX] as const;
/** YYYY-MM-DD, UTC: the only clock that is read here. */
const today = (): string => new Date().toISOString().slice(0, 10);

program
  .command("summary")
  .description("hosts, doors, every control's verdict, exceptions; brings the inventory up to date")
  .option(...stackOption)
  .action(({ stack }: { stack: string }) => summary(stack, today()));

program
  .command("inventory")
  .description("the Ansible inventory of hosts whose doors are open")
  .option(...stackOption)
  .option("-o, --output <file>", "where to write it; - for standard output")
  .action(({ stack, output }: { stack: string; output?: string }) => inventory(stack, output));

program
  .command("verdict")
  .description("audits a host now, by the cloud's control channel, and changes nothing; exit code 0 only for a pass")
  .argument("<host>", "the host's name in the stack")
  .option(...stackOption)
  .action(async (host: string, { stack }: { stack: string }) => {
    if (!(await verdict(stack, host, today()))) process.exitCode = 1;
  });

program
  .command("pause")
  .description("keeps a host from shutting itself, and opens one that has, for 1 to 4 hours in which somebody mends it; the host writes down who and why")
  .argument("<host>", "the host's name in the stack")
  .requiredOption("--hours <n>", "for how many hours: 1 to 4, and 4 in all until a run has passed")
  .requiredOption("--reason <text>", "why")
  .requiredOption("--by <name>", "who answers for it")
  .option(...stackOption)
  .action(async (host: string, { stack, ...options }: PauseOptions & { stack: string }) => {
    if (!(await pause(stack, host, options))) process.exitCode = 1;
  });

program
  .command("resume")
  .description("ends a pause: the host shuts itself at once where it must")
  .argument("<host>", "the host's name in the stack")
  .option(...stackOption)
  .action(async (host: string, { stack }: { stack: string }) => {
    if (!(await resume(stack, host))) process.exitCode = 1;
  });

program
  .command("release")
  .description("has a host repair and audit itself now, which opens one that is in quarantine and passes; exit code 0 only when it is open and passes")
  .argument("<host>", "the host's name in the stack")
  .option(...stackOption)
  .action(async (host: string, { stack }: { stack: string }) => {
    if (!(await release(stack, host))) process.exitCode = 1;
  });

program
  .command("recover")
  .description("after a deployment that was cut off: cancels its lock, closes doors that the state does not know, takes into the state what was made and forgotten")
  .option(...stackOption)
  .option("-y, --yes", "do not ask")
  .option("--gone", "nothing of the stack may be left in a cloud: without it, that is taken for the wrong credentials")
  .option("-C, --cwd <folder>", "folder of the project file")
  .option("--config-file <file>", "the stack's settings, where they are not in their usual place")
  .action(async (options: Options) => {
    if (!(await recoverStack(options))) process.exitCode = 1;
  });

program.parseAsync().catch((error: unknown) => {
  const expected = error instanceof CommandError || error instanceof ExportError || error instanceof RequestError || error instanceof ChannelError;
  process.stderr.write(`${expected ? error.message : `unexpected: ${error instanceof Error ? error.message : String(error)}`}\n`);
  process.exitCode = 1;
});
