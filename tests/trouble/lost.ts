import { planAws } from "../../components/aws/plan";
import { planAzure } from "../../components/azure/plan";
import type { Planned } from "../../components/graph/planned";
import { Cloud } from "../../sandbox/cloud";
import { snapshot, strangers, unprovenAndOpen } from "../kill/snapshot";
import { stackOf } from "../kill/stacks";
import { azureSettingsOf } from "../support/azure";
import type { EngineStack, Run } from "../support/engine";
import { settingsOf as awsSettingsOf } from "../support/example";

/** All that can be made for a host, one host in each cloud. */
export const whole = (): object => ({ ...stackOf("aws", "everything"), ...stackOf("azure", "everything") });

const inputs = { script: "# nothing", fetch: "# fetch", reader: "reader" };

/** All that the whole stack is made of: from the plan, so that a new type is missed by nobody. */
export const planned = (): readonly Planned[] => [...planAws(awsSettingsOf(whole()), inputs), ...planAzure(azureSettingsOf(whole()), inputs)];

/** The two doors have a case of their own: nothing else of their type lets anybody in. */
export const caseOf = ({ type, name }: Planned): string => (name.endsWith("-door") ? `${type} (door)` : type);

export type Operation = "create" | "update" | "delete";

export interface Lost {
  /** Names of those that were done, and whose answers did not arrive. */
  readonly names: readonly string[];
  readonly wrong: readonly string[];
}

/** A deployment that loses the answers to one operation on some resources. What depends on them is then not tried. */
export async function lose(stack: EngineStack, operation: Operation, resources: readonly Planned[], run: () => Promise<Run>): Promise<Lost> {
  const cloud = new Cloud(stack.cloud);
  stack.faults(resources.map(({ name }) => ({ resource: name, operation, when: "lost" })));
  const before = stack.events().length;
  const ended = await run();
  stack.faults([]);
  const done = new Set(stack.events().slice(before).flatMap(({ op, name }) => (op === operation && name !== undefined ? [name] : [])));
  const lost = resources.filter(({ name }) => done.has(name));
  const told = lost.length > 0 && ended.code === 0 ? ["answers were lost, and the deployment calls itself a success"] : [];
  const known = new Set(((await stack.state()).deployment.resources ?? []).map(({ urn }) => urn.split("::").at(-1)));
  const heard = operation === "create" ? lost.filter(({ name }) => known.has(name)).map(({ name }) => `the answer to create ${name} was not lost`) : [];
  return { names: lost.map(({ name }) => name), wrong: [...told, ...heard, ...open(cloud, `after the loss of ${operation}`)] };
}

export const open = (cloud: Cloud, when: string): string[] => unprovenAndOpen(cloud).map((line) => `${when}: ${line}`);

/** After whatever happened: `recover`, then the deployment once more. */
export async function mend(stack: EngineStack, run: () => Promise<Run>, wanted: readonly string[]): Promise<string[]> {
  const cloud = new Cloud(stack.cloud);
  const recovered = await stack.recover();
  const wrong = open(cloud, "after recover");
  if (recovered.code !== 0) return [...wrong, `recover ended with ${recovered.code}: ${recovered.output}`];
  const again = await run();
  if (again.code !== 0) return [...wrong, `after recover it ended with ${again.code}: ${again.output}\n--- recover said:\n${recovered.output}`];
  const [now, state] = [snapshot(cloud), await stack.state()];
  return [
    ...wrong,
    ...open(cloud, "in the end"),
    ...strangers(cloud, state),
    ...((state.deployment.pending_operations ?? []).length > 0 ? ["operations are still pending"] : []),
    ...now.filter((line) => !wanted.includes(line)).map((line) => `too much, or other than undisturbed: ${line}`),
    ...wanted.filter((line) => !now.includes(line)).map((line) => `missing, or other than undisturbed: ${line}`),
  ];
}
