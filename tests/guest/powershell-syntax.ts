import { join } from "node:path";
import { Language, Parser, type Node } from "web-tree-sitter";

/** A PowerShell script as a tree, and the few questions that the tests ask it. */
export interface Syntax {
  readonly text: string;
  readonly root: Node;
}

let loaded: Promise<Parser> | undefined;

async function load(): Promise<Parser> {
  await Parser.init();
  const parser = new Parser();
  const grammar = require.resolve("tree-sitter-powershell/package.json");
  parser.setLanguage(await Language.load(join(grammar, "..", "tree-sitter-powershell.wasm")));
  return parser;
}

export async function parse(text: string): Promise<Syntax> {
  loaded ??= load();
  const tree = (await loaded).parse(text);
  if (!tree) throw new Error("the parser gave no tree");
  return { text, root: tree.rootNode };
}

export function* nodes(root: Node): Generator<Node> {
  yield root;
  for (const child of root.children) if (child) yield* nodes(child);
}

export const ofType = (root: Node, ...types: readonly string[]): Node[] => [...nodes(root)].filter(({ type }) => types.includes(type));

export const lineOf = (node: Node): string => `line ${node.startPosition.row + 1}: ${node.text.slice(0, 80)}`;

export function brokenParts({ root }: Syntax): string[] {
  return [...nodes(root)].filter((node) => node.type === "ERROR" || node.isMissing).map(lineOf);
}

export interface Command {
  readonly node: Node;
  readonly name: string;
  readonly parameters: readonly string[];
  /** `.` or `&` before the name. */
  readonly operator: string;
}

export function commands(root: Node): Command[] {
  return ofType(root, "command").map((node) => {
    const parts = node.children.filter((child) => child !== null);
    const name = parts.find(({ type }) => type === "command_name" || type === "command_name_expr")?.text ?? "";
    const elements = parts.find(({ type }) => type === "command_elements");
    const parameters = elements?.children.filter((child) => child?.type === "command_parameter").map((child) => child?.text.slice(1) ?? "") ?? [];
    return { node, name, parameters, operator: parts.find(({ type }) => type === "command_invokation_operator")?.text ?? "" };
  });
}

export const functions = ({ root }: Syntax): Map<string, Node> =>
  new Map(ofType(root, "function_statement").map((node) => [ofType(node, "function_name")[0]?.text ?? "", node]));

/** The keys of a hash literal's own entries with their values, not those of hashes inside. */
export function entries(hash: Node): Map<string, Node> {
  const body = hash.children.find((child) => child?.type === "hash_literal_body");
  const found = new Map<string, Node>();
  for (const entry of body?.children ?? []) {
    if (entry?.type !== "hash_entry") continue;
    const key = entry.children.find((child) => child?.type === "key_expression")?.text;
    const value = entry.children.at(-1);
    if (key !== undefined && value) found.set(key, value);
  }
  return found;
}

/** The hash literals that the script gives a table's entries at its top: `$Handlers.folder = @{ … }`, by name. */
export function table({ root }: Syntax, variable: string): Map<string, Node> {
  const found = new Map<string, Node>();
  for (const node of ofType(root, "assignment_expression")) {
    const [target = ""] = ofType(node, "left_assignment_expression").map(({ text }) => text);
    const hash = ofType(node, "hash_literal_expression")[0];
    if (target.startsWith(`${variable}.`) && hash && node.startPosition.column === 0) found.set(target.slice(variable.length + 1), hash);
  }
  return found;
}

/** The hash literal that the script gives a variable at its top. */
export const assigned = ({ root }: Syntax, variable: string): Node | undefined =>
  ofType(root, "assignment_expression").filter((node) => ofType(node, "left_assignment_expression")[0]?.text === variable).flatMap((node) => ofType(node, "hash_literal_expression"))[0];

/** What stands between single quotes. */
export const stringsIn = (node: Node): string[] => ofType(node, "string_literal").map(({ text }) => text.slice(1, -1));

export const isInside = (node: Node, outer: Node): boolean => outer.startIndex <= node.startIndex && node.endIndex <= outer.endIndex;
