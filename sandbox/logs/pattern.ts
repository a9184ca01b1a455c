import { parseDelimited } from "./delimited";
import { parseJsonPattern } from "./json-pattern";
import { PatternError, type Pattern } from "./pattern-error";
import { parseTerms } from "./terms";

/**
 * A filter pattern of CloudWatch Logs: terms, fields between spaces, or JSON; no regular expressions.
 *
 * @throws PatternError for what CloudWatch, or the sandbox, does not know
 */
export function parsePattern(text: string): Pattern {
  const trimmed = text.trim();
  if (trimmed.includes("%")) throw new PatternError("has a %: the sandbox knows no regular expressions");
  if (trimmed.startsWith("{")) return parseJsonPattern(trimmed);
  return trimmed.startsWith("[") ? parseDelimited(trimmed) : parseTerms(trimmed);
}
