import { readFileSync } from "node:fs";
import ts from "typescript";

/**
 * Reads what a resource of a Pulumi package takes out of its own typings, in the words of `sandbox/engine/shape.ts`:
 * a key that ends in "?" is optional, "string[]" a list, "string{}" a map, [{…}] a list of objects.
 */
export type TypingShape = string | readonly [TypingFields] | TypingFields;
export interface TypingFields {
  readonly [key: string]: TypingShape;
}

const PRIMITIVES: readonly (readonly [ts.TypeFlags, string])[] = [
  [ts.TypeFlags.StringLike, "string"],
  [ts.TypeFlags.NumberLike, "number"],
  [ts.TypeFlags.BooleanLike, "boolean"],
  [ts.TypeFlags.Any, "any"],
];

class TypingReader {
  /** Types that are being read: one that holds itself, such as a public address with a linked one, ends in nothing. */
  private readonly open: ts.Type[] = [];

  constructor(private readonly checker: ts.TypeChecker) {}

  fields(type: ts.Type, depth: number): TypingFields {
    if (this.open.includes(type)) return {};
    this.open.push(type);
    const fields = this.own(type, depth);
    this.open.pop();
    return fields;
  }

  private own(type: ts.Type, depth: number): TypingFields {
    const fields: Record<string, TypingShape> = {};
    for (const property of type.getProperties()) {
      const declaration = property.valueDeclaration ?? property.declarations?.[0];
      if (declaration === undefined) continue;
      const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
      const shape = this.shape(this.checker.getTypeOfSymbolAtLocation(property, declaration), depth);
      fields[optional ? `${property.name}?` : property.name] = shape;
    }
    return fields;
  }

  /** Input<T> = T | Promise<T> | Output<T>: the plain part is what travels. */
  private plain(type: ts.Type): ts.Type[] {
    const parts = type.isUnion() ? type.types : [type];
    return parts.filter((part) => {
      if ((part.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null)) !== 0) return false;
      const name = part.symbol?.name;
      return name !== "Promise" && name !== "OutputInstance" && part.aliasSymbol?.name !== "Output" && !this.isOutput(part);
    });
  }

  private isOutput(type: ts.Type): boolean {
    return type.isIntersection() && type.types.some((part) => part.symbol?.name === "OutputInstance");
  }

  private shape(type: ts.Type, depth: number): TypingShape {
    const parts = this.plain(type);
    const names = parts.map((part) => part.symbol?.name ?? "");
    if (names.includes("PolicyDocument")) return "json";
    if (names.some((name) => name === "FileAsset" || name === "Asset" || name === "StringAsset")) return "asset";
    for (const [flag, name] of PRIMITIVES) {
      if (parts.some((part) => (part.flags & flag) !== 0)) return name;
    }
    const only = parts[0];
    if (only === undefined) throw new Error(`no plain part in ${this.checker.typeToString(type)}`);
    const element = this.checker.isArrayType(only) ? this.checker.getTypeArguments(only as ts.TypeReference)[0] : undefined;
    if (element !== undefined) {
      const inner = this.shape(element, depth);
      return typeof inner === "string" ? `${inner}[]` : ([inner] as readonly [TypingFields]);
    }
    const index = this.checker.getIndexTypeOfType(only, ts.IndexKind.String);
    if (index !== undefined) {
      const inner = this.shape(index, depth);
      // A map of objects is left open: none is used here.
      if (typeof inner !== "string") return "any";
      return `${inner}{}`;
    }
    return this.fields(only, depth + 1);
  }
}

/** The inputs of `args` interfaces, each found by file and interface name. */
export function readTypings(wanted: readonly { readonly file: string; readonly args: string }[]): TypingFields[] {
  const program = ts.createProgram(
    wanted.map((one) => one.file),
    { strict: true, skipLibCheck: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS, types: [] },
  );
  const checker = program.getTypeChecker();
  const reader = new TypingReader(checker);
  return wanted.map(({ file, args }) => {
    const source = program.getSourceFile(file);
    const symbol = source && checker.getSymbolAtLocation(source);
    const found = symbol && checker.getExportsOfModule(symbol).find((one) => one.name === args);
    if (found === undefined) throw new Error(`${file} exports no ${args}`);
    return reader.fields(checker.getDeclaredTypeOfSymbol(found), 0);
  });
}

/** Names of the outputs of resource classes, each found by file. */
export function readOutputs(wanted: readonly { readonly file: string }[]): string[][] {
  return wanted.map(({ file }) => [...readFileSync(file, "utf8").matchAll(/^ {4}readonly (\w+): pulumi\.Output</gm)].map(([, name]) => name ?? "").sort());
}
