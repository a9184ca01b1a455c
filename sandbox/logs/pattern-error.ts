/** A pattern that CloudWatch Logs, or the sandbox, does not know. */
export class PatternError extends Error {}

/** A filter pattern of CloudWatch Logs, understood. */
export interface Pattern {
  readonly kind: "terms" | "delimited" | "json";
  /** Names that a dimension may be taken from; of JSON any property may. */
  readonly fields: readonly string[];
  /** What a dimension's `$name` or `$.path` is in a line that matches; undefined for a line that does not. */
  readonly match: (line: string) => Readonly<Record<string, string>> | undefined;
}
