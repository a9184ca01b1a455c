import { isAsset, isBehind, isJoined, isJson, isLink, type Planned } from "../../components/graph/planned";
import type { Json, JsonRecord } from "../../sandbox/store/json";
import { AzureLab, guid, PASSWORD } from "./azure-cloud";

/** What the other providers make up. */
const MADE_UP: Readonly<Record<string, (n: number) => JsonRecord>> = {
  "random:index/randomId:RandomId": () => ({ hex: "0123456789abcdef" }),
  "random:index/randomUuid:RandomUuid": (n) => ({ result: guid(n) }),
  "random:index/randomPassword:RandomPassword": () => ({ result: PASSWORD }),
  "command:local:Command": () => ({ stdout: "" }),
};

type Made = ReadonlyMap<string, JsonRecord>;

const told = (value: unknown, made: Made): string => {
  const found = resolved(value, made);
  return typeof found === "string" ? found : JSON.stringify(found);
};

function resolved(value: unknown, made: Made): Json {
  if (Array.isArray(value)) return value.map((one) => resolved(one, made));
  if (typeof value !== "object" || value === null) return value as Json;
  if (isLink(value)) {
    const found = made.get(value.$link.name)?.[value.$link.output];
    if (found === undefined) throw new Error(`${value.$link.name} has no ${value.$link.output}`);
    return found;
  }
  if (isBehind(value)) return resolved(value.$behind.value, made);
  if (isJoined(value)) return value.$join.map((part) => told(part, made)).join("");
  if (isJson(value)) return JSON.stringify(resolved(value.$json, made));
  if (isAsset(value)) return { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", text: told(value.$asset, made), hash: "0" };
  return Object.fromEntries(Object.entries(value).flatMap(([key, one]) => (one === undefined ? [] : [[key, resolved(one, made)]])));
}

/**
 * Makes what is planned in a lab, without an engine; what Windows would have to do for it is left out, and so is what
 * the filter does not take.
 */
export async function makePlanned(lab: AzureLab, plan: readonly Planned[], wanted: (planned: Planned) => boolean = () => true): Promise<void> {
  const made = new Map<string, JsonRecord>();
  for (const [i, planned] of plan.entries()) {
    const madeUp = MADE_UP[planned.type];
    if (madeUp !== undefined) made.set(planned.name, madeUp(i + 1));
    else if (wanted(planned)) {
      const { id, properties } = await lab.create(planned.type, resolved(planned.inputs, made) as object, planned.name);
      made.set(planned.name, { ...properties, id });
    }
  }
}
