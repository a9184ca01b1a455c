import { expect } from "chai";
import { run } from "../../cli/reader/main";
import { node, withAccount, type Ended } from "./process";

/** Something that answers on the loopback, and remembers what it was asked. */
export interface Server<Call> {
  readonly url: string;
  readonly calls: readonly Call[];
  close(): Promise<void>;
}

export interface Asked<Call> extends Ended {
  readonly calls: readonly Call[];
}

export type Runner = (task: string, env: Readonly<Record<string, string>>) => Promise<Ended>;

/** As the deployment starts it. Costs most of a second, so only where the process itself is what is looked at. */
export const process_: Runner = (task, env) => node(["cli/reader.mjs", task], env);

/** The same SDK and the same network, in this process. */
export const inProcess: Runner = (task, env) =>
  withAccount(env, async () => {
    const proof = await run(task, env);
    return proof.ok ? { code: 0, stdout: `${proof.line}\n`, stderr: "" } : { code: 1, stdout: "", stderr: `${proof.lines.join("\n")}\n` };
  });

/** Whatever it is asked: no secret, and no stack trace, in what it says. */
export async function asked<Call>(server: Server<Call>, runner: Runner, task: string, env: Readonly<Record<string, string>>): Promise<Asked<Call>> {
  try {
    const ended = await runner(task, env);
    expect(ended.stdout + ended.stderr).to.not.include("canary-of-the-test");
    expect(ended.stderr).to.not.match(/^\s+at /m);
    return { ...ended, calls: server.calls };
  } finally {
    await server.close();
  }
}
