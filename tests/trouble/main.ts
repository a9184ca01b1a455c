import { Cloud } from "../../sandbox/cloud";
import { snapshot } from "../kill/snapshot";
import { EXISTING } from "../kill/stacks";
import { EngineStack, type Run } from "../support/engine";
import { caseOf, lose, mend, open, planned, type Operation, whole } from "./lost";

/** A change that updates as many types as one can, and closes the doors. */
const changed = () => ({ ...whole(), account: { name: "svc-other@CORP.EXAMPLE", becomeUser: "svc-become@CORP.EXAMPLE", transport: "kerberos" }, tags: { owner: "somebody-else" }, automation: { nodes: [{ name: "exec-1", addresses: ["10.20.9.5"] }, { name: "exec-2", addresses: ["10.20.9.6"] }] } });

/**
 * A lost answer at each type of resource that the plan has: everything whose type has not lost one yet loses it, so that each
 * deployment comes as far as it can; until none is left. Tens of minutes on a small machine.
 */
async function main(): Promise<number> {
  const stack = await new EngineStack(whole(), { existing: EXISTING }).init();
  const up = (): Promise<Run> => stack.up();
  try {
    const first = await up();
    if (first.code !== 0) throw new Error(first.output);
    const undisturbed = snapshot(new Cloud(stack.cloud));
    const wrong: string[] = [];

    stack.configure(changed());
    wrong.push(...(await storm(stack, "update", up)));
    stack.configure(whole());
    wrong.push(...(await mend(stack, up, undisturbed)));

    const destroy = (): Promise<Run> => stack.destroy();
    wrong.push(...missing("delete", await everyCase(stack, "delete", destroy, wrong)));
    wrong.push(...(await mend(stack, destroy, [])));

    wrong.push(...missing("create", await everyCase(stack, "create", up, wrong)));
    wrong.push(...(await mend(stack, up, undisturbed)));
    process.stdout.write(wrong.length === 0 ? "all went well\n" : `${wrong.join("\n")}\n`);
    return wrong.length === 0 ? 0 : 1;
  } finally {
    stack.remove();
  }
}

async function storm(stack: EngineStack, operation: Operation, run: () => Promise<Run>): Promise<string[]> {
  const wrong: string[] = [];
  await everyCase(stack, operation, run, wrong);
  return wrong;
}

/** @returns the cases that have lost an answer */
async function everyCase(stack: EngineStack, operation: Operation, run: () => Promise<Run>, wrong: string[]): Promise<ReadonlySet<string>> {
  const done = new Set<string>();
  for (let round = 1; ; round += 1) {
    const left = planned().filter((one) => !done.has(caseOf(one)));
    const lost = await lose(stack, operation, left, run);
    wrong.push(...lost.wrong);
    const cases = new Set(left.filter(({ name }) => lost.names.includes(name)).map(caseOf));
    process.stdout.write(`${operation}, round ${round}: ${[...cases].join(", ") || "none"}\n`);
    if (cases.size === 0) return done;
    for (const one of cases) done.add(one);
    if (operation !== "create") continue;
    // What was updated or deleted the engine does again by itself.
    const recovered = await stack.recover();
    wrong.push(...open(new Cloud(stack.cloud), `after recover, round ${round}`));
    if (recovered.code !== 0) wrong.push(`round ${round}: recover ended with ${recovered.code}: ${recovered.output}`);
  }
}

const missing = (operation: Operation, done: ReadonlySet<string>): string[] => [...new Set(planned().map(caseOf))].filter((one) => !done.has(one)).map((one) => `no answer was lost: ${operation} ${one}`);

void main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
