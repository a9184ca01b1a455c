import { parseResult } from "../../components/evidence/result";
import { openChannel, openDoors } from "./cloud";
import { breakOff } from "./patience";
import { prove, type Proof } from "./proof";
import { auditRequestSchema, hostRequestSchema, INSTANCE, parseInstance, parseRequest, REQUEST, RequestError, uptakeRequestSchema } from "./request";
import { takeUp } from "./uptake";

/** Where the provider puts what the same command has said before. */
const BEFORE = "PULUMI_COMMAND_STDOUT";

/**
 * The gate reader: what the deployment's commands run. One line of JSON on standard output, or plain lines on standard error
 * and exit code 1; Pulumi shows the latter as the failure's text, so nothing else may be written there.
 */
export async function main(task: string | undefined, env: NodeJS.ProcessEnv): Promise<number> {
  // What runs on a machine by now is taken away before the process goes.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, breakOff);
  const proof = await run(task, env);
  if (proof.ok) process.stdout.write(`${proof.line}\n`);
  else process.stderr.write(`${proof.lines.join("\n")}\n`);
  return proof.ok ? 0 : 1;
}

/** The same without a process around it. */
export async function run(task: string | undefined, env: NodeJS.ProcessEnv): Promise<Proof> {
  const text = env[REQUEST];
  const today = new Date().toISOString().slice(0, 10);
  try {
    switch (task) {
      case "prepare":
      case "gate":
      case "recheck":
      case "audit": {
        const request = hasty(parseRequest(task === "audit" ? auditRequestSchema : hostRequestSchema, text), env);
        const instance = parseInstance(env[INSTANCE], request.cloud);
        const { channel, sandbox } = openChannel(request, env);
        const doors = task === "prepare" || task === "gate" ? openDoors(request, env) : undefined;
        return await prove(channel, { task, request, instance, today, sandbox }, doors);
      }
      // The preparation stands, and the door may be open: nothing is asked of the host.
      case "prepared":
        return { ok: true, line: JSON.stringify({ host: parseRequest(hostRequestSchema, text).host, prepared: true }) };
      // The gate stands: it is not asked anew for what it does not vouch for, and the audit behind it is.
      case "proven": {
        const { host, gate } = parseRequest(hostRequestSchema, text);
        const before = parseResult(env[BEFORE] ?? "");
        if (before?.host === host && before.gate === gate) return { ok: true, line: env[BEFORE] ?? "" };
        return { ok: false, lines: [`${host}: what its gate has said is not known any more, and nothing was asked of the host; have it proven anew by up with --replace and the URN of ${host}-gate`] };
      }
      case "uptake": {
        const request = hasty(parseRequest(uptakeRequestSchema, text), env);
        const { channel, sandbox } = openChannel(request, env);
        return await takeUp(channel, request, sandbox);
      }
      default:
        return { ok: false, lines: [`unknown task ${task ?? "(none)"}; expected prepare, prepared, gate, proven, recheck, audit or uptake`] };
    }
  } catch (error) {
    if (error instanceof RequestError) return { ok: false, lines: [error.message] };
    throw error;
  }
}

/** Whoever runs a deployment by hand may lose patience earlier. Not an input of the resource: another patience is no change. */
function hasty<T extends { readonly timeoutMinutes: number }>(request: T, env: NodeJS.ProcessEnv): T {
  const minutes = Number(env.SECURE_WINRM_TIMEOUT_MINUTES);
  return minutes > 0 ? { ...request, timeoutMinutes: Math.min(minutes, request.timeoutMinutes) } : request;
}
