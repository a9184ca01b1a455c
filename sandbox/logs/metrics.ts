import { LOG_TRANSFORMER, METRIC_FILTER } from "../aws/types";
import { record, records, text, textMap, type JsonRecord } from "../store/json";
import type { CloudStore } from "../store/store";
import { grok } from "./grok";
import { parsePattern } from "./pattern";

/** A log event. */
export interface Line {
  readonly group: string;
  readonly stream: string;
  /** Unit: milliseconds since 1970. */
  readonly at: number;
  readonly message: string;
}

/** What a metric filter has made of one. */
export interface Point {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly at: number;
  readonly value: number;
}

/** A line as a group's transformer leaves it; one that its parser does not understand stays as it is. */
function transformed(store: CloudStore, line: Line): string {
  const transformer = store.list(LOG_TRANSFORMER).find(({ id }) => id.endsWith(`:log-group:${line.group}`));
  let event: JsonRecord | undefined;
  for (const config of records(transformer?.properties["transformerConfigs"])) {
    if (config["grok"] !== undefined) event = grok(text(record(config["grok"])["match"]), line.message);
    if (event === undefined) return line.message;
    const known: Readonly<Record<string, string>> = { ...textMap(event), "@logGroupName": line.group, "@logGroupStream": line.stream };
    for (const entry of records(record(config["copyValue"])["entries"])) event = { ...event, [text(entry["target"])]: known[text(entry["source"])] ?? "" };
  }
  return event === undefined ? line.message : JSON.stringify(event);
}

/** Data points of all metrics. A filter with dimensions has none for a line that lacks one of them. */
export const pointsOf = (store: CloudStore, lines: readonly Line[]): Point[] =>
  store.list(METRIC_FILTER).flatMap(({ properties }) => {
    const pattern = parsePattern(text(properties["pattern"]));
    const to = record(properties["metricTransformation"]);
    return lines.flatMap((line): Point[] => {
      if (line.group !== properties["logGroupName"]) return [];
      const found = pattern.match(properties["applyOnTransformedLogs"] === true ? transformed(store, line) : line.message);
      if (found === undefined) return [];
      const dimensions = Object.entries(textMap(to["dimensions"])).map(([name, from]) => [name, found[from] ?? ""] as const);
      if (dimensions.some(([, value]) => value === "")) return [];
      return [{ namespace: text(to["namespace"]), name: text(to["name"]), dimensions: Object.fromEntries(dimensions), at: line.at, value: Number(text(to["value"])) }];
    });
  });
