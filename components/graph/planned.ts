import type { Output } from "@pulumi/pulumi";

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
  readonly protect?: boolean;
}

/** An output of another planned resource. */
export interface Link {
  readonly $link: { readonly name: string; readonly output: string };
}

/** A value that may only be used once another resource is there, and that changes hands when it is replaced. */
export interface Through {
  readonly $through: { readonly name: string; readonly output: string; readonly value: unknown };
}

/** Text with links in it. */
export interface Joined {
  readonly $join: readonly unknown[];
}

/** JSON text of a value with links in it. */
export interface Json {
  readonly $json: unknown;
}

export const isLink = (value: object): value is Link => "$link" in value;
export const isThrough = (value: object): value is Through => "$through" in value;
export const isJoined = (value: object): value is Joined => "$join" in value;
export const isJson = (value: object): value is Json => "$json" in value;

// Planned inputs are typed as the real arguments, where a link stands for an output: the one place that says so.
const asOutput = (value: Link | Through | Joined | Json): Output<string> => value as unknown as Output<string>;

export const link = (name: string, output = "id"): Output<string> => asOutput({ $link: { name, output } });

/**
 * `value`, but known only when `output` of `name` is. The engine then deletes the holder of this value before it
 * replaces `name`, and makes it again only after `name` is there again: so a door follows its gate.
 */
export const through = (name: string, output: string, value: unknown): Output<string> => asOutput({ $through: { name, output, value } });

export const joined = (...parts: readonly unknown[]): Output<string> => asOutput({ $join: parts });

export const json = (value: unknown): Output<string> => asOutput({ $json: value });

/** Names of the planned resources that a value refers to. */
export function linksOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(linksOf);
  if (typeof value !== "object" || value === null) return [];
  if (isLink(value)) return [value.$link.name];
  if (isThrough(value)) return [value.$through.name, ...linksOf(value.$through.value)];
  return Object.values(value).flatMap(linksOf);
}
