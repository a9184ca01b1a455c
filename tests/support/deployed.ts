import { planAws } from "../../components/aws/plan";
import { isAsset, isBehind, isJoined, isJson, isLink } from "../../components/graph/planned";
import { fetchScript, guestScript } from "../../components/guest/script";
import type { JsonRecord } from "../../sandbox/store/json";
import { Lab } from "../sandbox/lab";
import { settingsOf } from "./example";

/** A stack's plan made in the emulated AWS, without an engine and without commands: gates are not asked, doors stand. */
export async function deployed(stack: object): Promise<Lab> {
  const lab = new Lab();
  const made = new Map<string, JsonRecord>();
  const output = (name: string, key: string): unknown => made.get(name)?.[key];
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== "object" || value === null) return value;
    if (isLink(value)) return output(value.$link.name, value.$link.output);
    if (isBehind(value)) return resolve(value.$behind.value);
    if (isJoined(value)) return value.$join.map((part) => String(resolve(part))).join("");
    if (isJson(value)) return JSON.stringify(resolve(value.$json));
    if (isAsset(value)) return resolve(value.$asset);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item)]));
  };
  for (const { name, type, inputs } of planAws(settingsOf(stack), { script: guestScript(), fetch: fetchScript(), reader: "reader" })) {
    if (type.startsWith("aws:")) {
      const { id, properties } = await lab.create(type, resolve(inputs) as object, name);
      made.set(name, { ...properties, id });
    } else made.set(name, { id: name, hex: "0123abcd" });
  }
  return lab;
}
