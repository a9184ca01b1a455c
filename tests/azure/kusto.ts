import { createRequire } from "node:module";
import { TABLES } from "../../sandbox/azure/kql/tables";

/** What is used here of Kusto's own language service; it is compiled from C#, and has no typings that fit a module. */
interface Diagnostic {
  readonly Severity: string;
  readonly Message: string;
}
interface Items<T> {
  readonly Count: number;
  readonly getItem: (i: number) => T;
}
interface Language {
  readonly Symbols: {
    readonly TableSymbol: { readonly $ctor7: new (name: string, schema: string, description: null) => unknown };
    readonly DatabaseSymbol: { readonly ctor: new (name: string, symbols: readonly unknown[]) => unknown };
  };
  readonly GlobalState: { readonly Default: { readonly WithDatabase: (database: unknown) => unknown } };
  readonly KustoCode: { readonly ParseAndAnalyze: (query: string, globals: unknown) => { readonly GetDiagnostics: () => Items<Diagnostic> } };
}

const load = createRequire(__filename);

function language(): Language {
  for (const file of ["bridge.min.js", "Kusto.Language.Bridge.min.js"]) load(`@kusto/language-service-next/${file}`);
  const kusto: unknown = Reflect.get(globalThis, "Kusto");
  return Reflect.get(kusto as object, "Language") as Language;
}

/** Whatever Kusto's own parser has to say of a query against the tables of a workspace. */
export function kustoProblems(): (query: string) => string[] {
  const { Symbols, GlobalState, KustoCode } = language();
  const tables = Object.entries(TABLES).map(([name, columns]) => new Symbols.TableSymbol.$ctor7(name, `(${Object.entries(columns).map(([column, type]) => `${column}: ${type}`).join(", ")})`, null));
  const globals = GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.ctor("workspace", tables));
  return (query) => {
    const found = KustoCode.ParseAndAnalyze(query, globals).GetDiagnostics();
    return Array.from({ length: found.Count }, (_, i) => found.getItem(i)).map(({ Severity, Message }) => `${Severity}: ${Message}`);
  };
}
