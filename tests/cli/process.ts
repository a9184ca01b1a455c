import { spawn } from "node:child_process";
import { resolve } from "node:path";

export const ROOT = resolve(__dirname, "..", "..");

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Credentials that open nothing, and no look at the machine's own. */
export const NO_ACCOUNT = { HOME: "/nonexistent", AWS_EC2_METADATA_DISABLED: "true", AWS_ACCESS_KEY_ID: "AKIATEST", AWS_SECRET_ACCESS_KEY: "canary-of-the-test" };

/** Runs Node in the project's folder, in an environment that knows no AWS account. */
export function node(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      env: { PATH: process.env.PATH, ...NO_ACCOUNT, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", failed);
    child.on("close", (code) => done({ code, stdout, stderr }));
  });
}

/** In this process, whose environment the SDKs look into: with this one for as long as the work takes. */
export async function withAccount<T>(env: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> {
  const mine = { ...env, ...NO_ACCOUNT };
  const before = Object.keys(mine).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, mine);
  try {
    return await work();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
