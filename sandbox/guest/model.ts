import { parseJson } from "../store/json";
import type { HostState } from "../windows";

/** The model is loaded when the first machine is touched: a preview, or a change of a tag, needs none. */
// eslint-disable-next-line @typescript-eslint/no-require-imports
export const model = (): typeof import("../windows") => require("../windows") as typeof import("../windows");

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** What a machine that an older version of the sandbox made does not have is as a new machine has it. */
function completed(old: Record<string, unknown>, fresh: Record<string, unknown>): Record<string, unknown> {
  const added = Object.entries(fresh).map(([name, value]): [string, unknown] => {
    const known = old[name];
    return [name, known === undefined ? value : isRecord(known) && isRecord(value) ? { ...value, ...known } : known];
  });
  return { ...old, ...Object.fromEntries(added) };
}

/** The border to the model's own file: only this folder writes and reads it. */
export const parseState = (content: string): HostState => {
  const state = parseJson(content);
  const fresh: Record<string, unknown> = { ...model().freshHost() };
  const complete = isRecord(state) && Object.keys(fresh).some((name) => !Object.hasOwn(state, name)) ? completed(state, fresh) : state;
  return complete as unknown as HostState;
};
