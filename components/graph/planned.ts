import type { Output } from "@pulumi/pulumi";
import type { Asset } from "@pulumi/pulumi/asset";

/**
 * A resource as data. A cloud's `plan.ts` makes a list of these from settings; the component brings the list to life;
 * tests, the bench and the golden files read the same list. No Pulumi at run time in here.
 */
export interface Planned<Type extends string = string, Inputs extends object = object> {
  /** Logical name: unique in the stack, part of the contract with existing stacks. */
  readonly name: string;
  readonly type: Type;
  /** The host it belongs to; left out for what hosts share. */
  readonly host?: string;
  readonly inputs: Inputs;
  /** Names of planned resources that must be there first. */
  readonly needs: readonly string[];
  readonly deleteBeforeReplace?: boolean;
  /** Properties that the cloud cannot change in place although its provider would try. */
  readonly replaceOnChanges?: readonly string[];
  readonly protect?: boolean;
}

export type PlannedOf<Types> = { readonly [Type in keyof Types & string]: Planned<Type, Types[Type] & object> }[keyof Types & string];

type Options = Partial<Pick<Planned, "host" | "needs" | "deleteBeforeReplace" | "replaceOnChanges" | "protect">>;

/** Makes a cloud's planned resources, each checked against the arguments that the provider's own types give it. */
export const planner =
  <Types>() =>
  <Type extends keyof Types & string>(type: Type, name: string, inputs: Types[Type], options: Options = {}): PlannedOf<Types> =>
    // TypeScript cannot see that a union over Type of Planned<Type> holds Planned<Type> for one Type.
    ({ type, name, inputs, needs: [], ...options }) as unknown as PlannedOf<Types>;

/** An output of another planned resource. */
export interface Link {
  readonly $link: { readonly name: string; readonly output: string };
}

/** A value that may only be used behind a gate, and that changes hands when the gate is replaced. */
export interface Behind {
  readonly $behind: { readonly gate: string; readonly value: unknown; readonly shut: string; readonly proof: string };
}

/** Output of a gate, which is a command, with what it has proven. */
export const GATE_SAYS = "stdout";

/** Text with links in it. */
export interface Joined {
  readonly $join: readonly unknown[];
}

/** JSON text of a value with links in it. */
export interface Json {
  readonly $json: unknown;
}

/** A text as a file's content. */
export interface AssetText {
  readonly $asset: unknown;
}

export const isLink = (value: object): value is Link => "$link" in value;
export const isBehind = (value: object): value is Behind => "$behind" in value;
export const isJoined = (value: object): value is Joined => "$join" in value;
export const isJson = (value: object): value is Json => "$json" in value;
export const isAsset = (value: object): value is AssetText => "$asset" in value;

// Planned inputs are typed as the real arguments, where a link stands for an output: the one place that says so.
const asOutput = (value: Link | Behind | Joined | Json): Output<string> => value as unknown as Output<string>;

export const link = (name: string, output = "id"): Output<string> => asOutput({ $link: { name, output } });

/**
 * `value`, but only behind a gate. The engine deletes the holder of this value before it replaces the gate, and makes
 * it again only after the gate is there again: so a door follows its gate.
 *
 * @param gate name of the planned command whose output says that the door may open
 * @param proof the hash that the gate must have proven: the line of a gate from before a change is none
 * @param shut stands for the value while the gate has not spoken: well-formed, and nothing in the cloud has it
 */
export const behind = (gate: string, value: unknown, shut: string, proof: string): Output<string> => asOutput({ $behind: { gate, value, shut, proof } });

export const joined = (...parts: readonly unknown[]): Output<string> => asOutput({ $join: parts });

export const json = (value: unknown): Output<string> => asOutput({ $json: value });

/** A text, with links in it or without, as a file's content. */
export const asset = (text: unknown): Output<Asset> => ({ $asset: text }) as unknown as Output<Asset>;

/** The outputs of planned resources that a value is made of. */
export function outputsIn(value: unknown): Link["$link"][] {
  if (Array.isArray(value)) return value.flatMap(outputsIn);
  if (typeof value !== "object" || value === null) return [];
  if (isLink(value)) return [value.$link];
  if (isBehind(value)) return [{ name: value.$behind.gate, output: GATE_SAYS }, ...outputsIn(value.$behind.value)];
  return Object.values(value).flatMap(outputsIn);
}

/** Names of the planned resources that a value refers to. */
export const linksOf = (value: unknown): string[] => outputsIn(value).map(({ name }) => name);
