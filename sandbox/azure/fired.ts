import { record, records, text, texts } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { lastName } from "./arm-id";
import type { Moment } from "./kql/parse";
import { runQuery } from "./kql/run";
import type { Row } from "./kql/tables";
import { rowsIn, type Observed } from "./log-rows";
import { durationOf } from "./query-rule";
import { QUERY_RULE } from "./types";

/** An alert, as an action group gets it. */
export interface Fired {
  readonly rule: string;
  readonly severity: number;
  /** Values of the rule's dimensions: `Host=web-1`. */
  readonly dimensions: string;
  readonly actionGroups: readonly string[];
}

/** Dimensions are columns of texts or numbers. */
function shown(row: Row, name: string): string {
  const value = row[name];
  if (typeof value !== "string" && typeof value !== "number") throw new Error(`the dimension ${name} is neither a text nor a number`);
  return `${name}=${value}`;
}

const timeOf = (row: Row): number => (row["TimeGenerated"] as Moment).moment;

/** What a rule finds at one time: one alert for each combination of its dimensions with more rows than its threshold. */
function firedBy(store: CloudStore, rule: CloudObject, observed: Observed, now: number): Fired[] {
  const { properties } = rule;
  if (properties["enabled"] === false) return [];
  const since = now - durationOf(text(properties["windowSize"]));
  const [workspace = ""] = texts(properties["scopes"]);
  return records(record(properties["criteria"])["allOf"]).flatMap((condition) => {
    const { rows } = runQuery(text(condition["query"]), {
      now,
      rows: (table) => rowsIn(store, workspace, table, observed).filter((row) => timeOf(row) > since && timeOf(row) <= now),
    });
    const names = records(condition["dimensions"]).map((one) => text(one["name"]));
    const counts = new Map<string, number>();
    for (const row of rows) {
      const key = names.map((name) => shown(row, name)).join(", ");
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    const over = [...counts].filter(([, count]) => count > Number(condition["threshold"]));
    return over.map(([dimensions]) => ({ rule: lastName(rule.id), severity: Number(properties["severity"]), dimensions, actionGroups: texts(record(properties["actions"])["actionGroups"]) }));
  });
}

/** Which alerts there are, when all rules of an account look at what was observed. */
export const firedAlerts = (store: CloudStore, observed: Observed, now: number): Fired[] => store.list(QUERY_RULE).flatMap((rule) => firedBy(store, rule, observed, now));
