import { PatternError, type Pattern } from "./pattern-error";

interface Term {
  readonly text: string;
  readonly kind: "" | "-" | "?";
}

const TERM = /\s*([-?]?)(?:"((?:[^"\\]|\\.)*)"|([A-Za-z0-9_]+))(?=\s|$)/y;

/** `"a" -"b"`: has a, has not b. `?a ?b`: has one of them. Case counts. */
export function parseTerms(text: string): Pattern {
  const terms: Term[] = [];
  TERM.lastIndex = 0;
  while (TERM.lastIndex < text.length && text.slice(TERM.lastIndex).trim() !== "") {
    const at = TERM.lastIndex;
    const match = TERM.exec(text);
    if (match === null) throw new PatternError(`is not understood from ${JSON.stringify(text.slice(at, at + 30))} on: a term with other characters than letters, digits and _ stands in double quotes`);
    const [, kind = "", quoted, bare = ""] = match;
    if (quoted?.includes("\\") === true && !/^(?:[^\\]|\\["\\])*$/.test(quoted)) throw new PatternError("has a backslash before something else than a quote or a backslash");
    terms.push({ kind: kind === "-" || kind === "?" ? kind : "", text: quoted?.replace(/\\(.)/g, "$1") ?? bare });
  }
  const of = (kind: Term["kind"]): string[] => terms.flatMap((term) => (term.kind === kind ? [term.text] : []));
  const [all, none, any] = [of(""), of("-"), of("?")];
  if (any.length > 0 && any.length < terms.length) throw new PatternError("mixes ?terms with others: CloudWatch passes over the ?terms then");
  return {
    kind: "terms",
    fields: [],
    match: (line) => (all.every((term) => line.includes(term)) && none.every((term) => !line.includes(term)) && (any.length === 0 || any.some((term) => line.includes(term))) ? {} : undefined),
  };
}
