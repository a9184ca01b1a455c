import { runInNewContext } from "node:vm";
import * as ts from "typescript";

/** Copies of a source, each with one thing changed that somebody might get wrong. */
export interface Mutant {
  readonly what: string;
  readonly text: string;
}

type Change = readonly [node: ts.Node, text: string];

const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  "===": ["!=="],
  "!==": ["==="],
  "<": ["<=", ">"],
  "<=": ["<", ">"],
  ">": [">=", "<"],
  ">=": [">", "<"],
  "&&": ["||"],
  "||": ["&&"],
  "+": ["-"],
  "-": ["+"],
  "*": ["/"],
};
const CALLS: Readonly<Record<string, string>> = { "Math.min": "Math.max", "Math.max": "Math.min" };

function changes(node: ts.Node, file: ts.SourceFile): Change[] {
  if (ts.isBinaryExpression(node)) {
    const sides: Change[] = ["&&", "||"].includes(node.operatorToken.getText(file)) ? [[node, node.left.getText(file)], [node, node.right.getText(file)]] : [];
    return [...(OPERATORS[node.operatorToken.getText(file)] ?? []).map((text): Change => [node.operatorToken, text]), ...sides];
  }
  if (ts.isConditionalExpression(node)) return [[node, node.whenTrue.getText(file)], [node, node.whenFalse.getText(file)]];
  if (ts.isIfStatement(node)) return [[node.expression, "true"], [node.expression, "false"]];
  if (ts.isNumericLiteral(node)) return [[node, String(Number(node.getText(file).replaceAll("_", "")) + 1)], [node, String(Number(node.getText(file).replaceAll("_", "")) - 1)]];
  if (ts.isPropertyAccessExpression(node)) {
    const other = CALLS[node.getText(file)];
    return other === undefined ? [] : [[node, other]];
  }
  return [];
}

/** @param named the declarations at the top that are changed, by name */
export function mutantsOf(source: string, named: readonly string[]): Mutant[] {
  const file = ts.createSourceFile("mutant.ts", source, ts.ScriptTarget.Latest, true);
  const found: Mutant[] = [];
  const visit = (node: ts.Node, name: string): void => {
    for (const [at, text] of changes(node, file)) {
      found.push({
        what: `${name}: ${node.getText(file).replace(/\s+/g, " ")} with ${text.replace(/\s+/g, " ")} for ${at.getText(file).replace(/\s+/g, " ")}`,
        text: source.slice(0, at.getStart(file)) + (at === node ? `(${text})` : text) + source.slice(at.getEnd()),
      });
    }
    node.forEachChild((child) => visit(child, name));
  };
  for (const statement of file.statements) {
    const names = ts.isFunctionDeclaration(statement) ? [statement.name?.text ?? ""] : ts.isVariableStatement(statement) ? statement.declarationList.declarations.map(({ name }) => name.getText(file)) : [];
    const [name] = names.filter((one) => named.includes(one));
    if (name !== undefined) visit(statement, name);
  }
  return found;
}

/** What a module without imports gives out. */
export function evaluated(text: string): unknown {
  const { outputText } = ts.transpileModule(text, { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } });
  const exports: unknown = {};
  runInNewContext(outputText, { exports });
  return exports;
}
