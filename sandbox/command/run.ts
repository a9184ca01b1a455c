import { spawn } from "node:child_process";
import { isList, text, texts, textMap, type JsonRecord } from "../store/json";

export interface RunResult {
  readonly stdout: string;
  readonly stderr: string;
}

export interface Run {
  readonly command: string;
  readonly inputs: JsonRecord;
  /** Output of the run before, for update and delete. */
  readonly previous: { readonly stdout: string; readonly stderr: string };
  readonly surroundings: Readonly<Record<string, string>>;
  readonly cancelled: AbortSignal;
  readonly log: (line: string) => void;
}

/** Ended as a group: what the command itself started goes with it. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It ended in this moment.
  }
}

const oneNewline = (output: string): string => output.replace(/\n$/, "");

/** As the real provider runs it (provider/pkg/provider/local/commandOutputs.go of pulumi-command). */
export async function run({ command, inputs, previous, surroundings, cancelled, log }: Run): Promise<RunResult> {
  const interpreter = texts(inputs["interpreter"]);
  const [file = "/bin/sh", ...rest] = [...(isList(inputs["interpreter"]) && interpreter.length > 0 ? interpreter : ["/bin/sh", "-c"]), command];
  const before = inputs["addPreviousOutputInEnv"] === false ? {} : {
    ...(previous.stdout === "" ? {} : { PULUMI_COMMAND_STDOUT: previous.stdout }),
    ...(previous.stderr === "" ? {} : { PULUMI_COMMAND_STDERR: previous.stderr }),
  };
  const child = spawn(file, rest, {
    cwd: text(inputs["dir"]) || process.cwd(),
    env: { ...process.env, ...surroundings, ...textMap(inputs["environment"]), ...before },
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const kill = (): void => killGroup(child.pid);
  cancelled.addEventListener("abort", kill);
  const logging = text(inputs["logging"]) || "stdoutAndStderr";
  let [stdout, stderr, both] = ["", "", ""];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
    both += chunk;
    if (logging === "stdout" || logging === "stdoutAndStderr") log(chunk);
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
    both += chunk;
    if (logging === "stderr" || logging === "stdoutAndStderr") log(chunk);
  });
  // A command that never reads what it is given is no fault.
  child.stdin.on("error", () => undefined);
  child.stdin.end(text(inputs["stdin"]));
  const fault = await new Promise<string>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) => resolve(code === 0 ? "" : signal === null ? `exit status ${code ?? 1}` : `signal: ${signal === "SIGKILL" ? "killed" : signal}`));
  });
  cancelled.removeEventListener("abort", kill);
  if (fault !== "") throw new Error(`${fault}: running ${JSON.stringify(command)}:\n${both}`);
  return { stdout: oneNewline(stdout), stderr: oneNewline(stderr) };
}
