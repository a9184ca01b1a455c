import { isAsset, isBehind, isJoined, isJson, isLink, type Planned } from "../components/graph/planned";
import { partsOf, type HostRow, type Template } from "./template";

/** How a program says what a plan says, where programs differ: plain data is the same in all. */
export interface Style {
  readonly header: (types: readonly string[]) => readonly string[];
  readonly resource: (planned: Planned, variable: string, write: Write) => string;
  readonly link: (variable: string, output: string) => string;
  /** A template literal; `outputs`: some of its pieces are. */
  readonly text: (literal: string, outputs: boolean) => string;
  readonly json: (value: string) => string;
  readonly asset: (text: string, outputs: boolean) => string;
  readonly behind: (value: string, gate: string) => string;
}

/** Values and names of a plan as TypeScript. */
export interface Write {
  readonly value: (value: unknown) => string;
  /** Variable of the resource with this name. */
  readonly variable: (name: string) => string;
}

/** A program that registers exactly what the template has: the shared resources, then each host's in a loop. */
export function programOf({ shared, host, rows }: Template, style: Style): string {
  const types = [...new Set([...shared, ...host].map(({ type }) => type))].sort();
  return [
    ...style.header(types),
    "",
    ...shared.map((planned) => statement(planned, style)),
    "",
    "const hosts = [",
    ...rows.map((row) => `  ${rowText(row)},`),
    "];",
    "",
    "for (const host of hosts) {",
    ...host.map((planned) => `  ${statement(planned, style)}`),
    "}",
    "",
  ].join("\n");
}

const rowText = (row: HostRow): string => `{ ${Object.entries(row).map(([key, value]) => `${key}: ${JSON.stringify(value)}`).join(", ")} }`;

const statement = (planned: Planned, style: Style): string => style.resource(planned, variableOf(planned.name), writer(style));

/** `aws-nodes-bucket` is `awsNodesBucket`; inside the loop the host's name falls away. */
function variableOf(name: string): string {
  const own = partsOf(name).filter((_, i) => i % 2 === 0).join("").replace(/^-/, "");
  return own.replace(/[^A-Za-z0-9]+(.)/g, (_all, letter: string) => letter.toUpperCase());
}

function writer(style: Style): Write {
  const value = (item: unknown): string => {
    if (typeof item === "string") return quoted(item);
    if (Array.isArray(item)) return `[${item.map(value).join(", ")}]`;
    if (typeof item !== "object" || item === null) return String(item);
    if (isLink(item)) return style.link(variableOf(item.$link.name), item.$link.output);
    if (isBehind(item)) return style.behind(value(item.$behind.value), variableOf(item.$behind.gate));
    if (isJoined(item)) return style.text(`\`${item.$join.map(piece).join("")}\``, hasLinks(item));
    if (isJson(item)) return style.json(value(item.$json));
    if (isAsset(item)) return style.asset(value(item.$asset), hasLinks(item));
    return `{ ${Object.entries(item).map(([key, inner]) => `${keyText(key)}: ${value(inner)}`).join(", ")} }`;
  };
  const piece = (item: unknown): string => (typeof item === "string" ? literal(item) : `\${${value(item)}}`);
  return { value, variable: variableOf };
}

const keyText = (key: string): string => (/^[A-Za-z_]\w*$/.test(key) ? key : JSON.stringify(key));

/** A text in quotes; where hosts differ in it, a template literal. */
const quoted = (text: string): string => {
  const parts = partsOf(text);
  if (parts.length === 1) return JSON.stringify(text);
  return parts.length === 3 && parts[0] === "" && parts[2] === "" ? `host.${String(parts[1])}` : `\`${literal(text)}\``;
};

const literal = (text: string): string => partsOf(text).map((part, i) => (i % 2 === 0 ? part.replace(/[\\`]|\$(?=\{)/g, "\\$&").replaceAll("\r", "\\r") : `\${host.${part}}`)).join("");

const hasLinks = (value: unknown): boolean => /"\$(link|behind)":/.test(JSON.stringify(value));
