import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { servePlugin } from "../engine/plugin";
import type { Call, ProviderPackage, ResourceType } from "../engine/resource";
import { fieldNames, type InputFields, type Problem } from "../engine/shape";
import { isUnknown } from "../engine/values";
import { text, whole, type JsonRecord } from "../store/json";
import { randomIdInputs, randomPasswordInputs, randomUuidInputs } from "./inputs";

/** Nothing in the cloud: the value lives in the state alone, and every input makes a new one (terraform-provider-random: RequiresReplace). */
function valueType(token: string, inputs: InputFields, outputs: readonly string[], make: (call: Call) => { readonly id: string; readonly properties: JsonRecord }, more: Partial<ResourceType> = {}): ResourceType {
  return {
    token,
    inputs,
    replaces: fieldNames(inputs),
    outputs,
    failureKeepsState: false,
    create: (call) => {
      const { id, properties } = make(call);
      call.store.event({ op: "create", type: token, id: call.name, name: call.name });
      return { id, properties: { ...properties, ...call.inputs } };
    },
    read: (_call, _id, olds) => olds,
    update: (_call, _id, olds) => olds,
    delete: (call) => call.store.event({ op: "delete", type: token, id: call.name, name: call.name }),
    ...more,
  };
}

const atLeast = (inputs: JsonRecord, key: string, least: number): Problem[] => {
  const value = inputs[key];
  return isUnknown(value) || whole(value, least) >= least ? [] : [{ property: key, reason: `must be at least ${least}` }];
};

const randomId = valueType("random:index/randomId:RandomId", randomIdInputs, ["b64Std", "b64Url", "dec", "hex"], ({ inputs }) => {
  const bytes = randomBytes(whole(inputs["byteLength"]));
  const prefix = text(inputs["prefix"]);
  const id = bytes.toString("base64url");
  const dec = BigInt(`0x${bytes.toString("hex")}`).toString();
  return { id, properties: { b64Std: prefix + bytes.toString("base64"), b64Url: prefix + id, dec: prefix + dec, hex: prefix + bytes.toString("hex") } };
}, { check: (inputs) => atLeast(inputs, "byteLength", 1) });

const randomUuid = valueType("random:index/randomUuid:RandomUuid", randomUuidInputs, ["result"], () => {
  const result = randomUUID();
  return { id: result, properties: { result } };
});

const CLASSES = { lower: "abcdefghijklmnopqrstuvwxyz", upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ", numeric: "0123456789", special: "!@#$%&*()-_=+[]{}<>:?" } as const;
type CharacterClass = keyof typeof CLASSES;
const CLASS_NAMES: readonly CharacterClass[] = ["lower", "upper", "numeric", "special"];

const pick = (from: string): string => from[randomInt(from.length)] ?? "";
const minimumOf = (name: CharacterClass): string => `min${name[0]?.toUpperCase() ?? ""}${name.slice(1)}`;

function password(inputs: JsonRecord): string {
  const allowed = CLASS_NAMES.filter((name) => inputs[name] !== false && !(name === "numeric" && inputs["number"] === false));
  const letters = (name: CharacterClass): string => (name === "special" && typeof inputs["overrideSpecial"] === "string" ? inputs["overrideSpecial"] : CLASSES[name]);
  const must = allowed.flatMap((name) => Array.from({ length: whole(inputs[minimumOf(name)]) }, () => pick(letters(name))));
  const rest = Array.from({ length: whole(inputs["length"]) - must.length }, () => pick(allowed.map(letters).join("")));
  const all = [...must, ...rest];
  for (let i = all.length - 1; i > 0; i -= 1) {
    const j = randomInt(i + 1);
    [all[i], all[j]] = [all[j] ?? "", all[i] ?? ""];
  }
  return all.join("");
}

const randomPassword = valueType("random:index/randomPassword:RandomPassword", randomPasswordInputs, ["bcryptHash", "result"], ({ inputs }) => ({
  id: "none",
  // The hash is not what its name says: nothing in the program uses it.
  properties: { result: password(inputs), bcryptHash: `$2a$sandbox$${randomBytes(16).toString("hex")}` },
}), { secretOutputs: ["result", "bcryptHash"], check: (inputs) => [...atLeast(inputs, "length", 1), ...roomForAll(inputs)] });

/** internal/provider/resource_password.go: the length holds all that must be in it. */
function roomForAll(inputs: JsonRecord): Problem[] {
  const least = CLASS_NAMES.reduce((sum, name) => sum + whole(inputs[minimumOf(name)]), 0);
  return isUnknown(inputs["length"]) || whole(inputs["length"]) >= least ? [] : [{ property: "length", reason: `must be at least ${least}, the sum of minLower, minUpper, minNumeric and minSpecial` }];
}

export const randomPackage: ProviderPackage = {
  name: "random",
  version: "4.21.2",
  resources: [randomId, randomPassword, randomUuid],
  invokes: {},
  configInputs: {},
  configRequired: [],
};

export const main = (parent: number): void => servePlugin(() => randomPackage, parent);
