import { flowFields } from "../aws/flow-log";
import { parseCron } from "../aws/cron";
import { EVENT_RULE, EVENT_TARGET, FLOW_LOG, INSTANCE, LOG_GROUP } from "../aws/types";
import { collectedBy, mayWrite } from "../ssm/agent";
import { text } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { firstMinutes } from "./alarm";
import { asText, asXml, type HostEvent } from "./host-event";
import { pointsOf, type Line } from "./metrics";
import type { Told } from "./told";

/** A connection that an interface has seen; fields are those of a flow log's record. */
export interface Flow {
  readonly subnet: string;
  readonly at: string;
  readonly action: "ACCEPT" | "REJECT";
  readonly fields: Readonly<Record<string, string>>;
}

const MINUTE = 60_000;

/** What CloudWatch and EventBridge make of what hosts and interfaces say, with what is deployed in the emulated cloud. */
export class Watch {
  private readonly lines: Line[] = [];

  constructor(
    private readonly store: CloudStore,
    private readonly region: string,
  ) {}

  /** What arrived in a log group. */
  linesOf = (group: string): readonly Line[] => this.lines.filter((line) => line.group === group);

  /** Events of a machine: its agent ships what its configuration names, as far as the machine's role may write it. */
  host(instance: string, events: readonly HostEvent[]): void {
    const machine = this.store.get(INSTANCE, instance);
    if (machine === undefined) throw new Error(`there is no instance ${instance}`);
    for (const { channel, ids, levels, include, format, group, stream: given } of collectedBy(this.store, machine, this.region)) {
      const stream = given.replaceAll("{instance_id}", instance);
      if (!mayWrite(this.store, instance, group, stream)) continue;
      for (const event of events) {
        const message = format === "xml" ? asXml(event) : asText(event);
        const wanted = event.log === channel && (ids.length === 0 || ids.includes(event.id)) && (levels.length === 0 || levels.includes(event.level.toUpperCase()));
        if (wanted && include.every((expression) => expression.test(message))) this.lines.push({ group, stream, at: Date.parse(event.at), message });
      }
    }
  }

  /** Connections: each flow log of their subnet writes a line, when it is told to write of such. */
  flow(flows: readonly Flow[]): void {
    for (const log of this.store.list(FLOW_LOG)) {
      const group = this.store.list(LOG_GROUP).find(({ properties }) => properties["arn"] === log.properties["logDestination"]);
      if (group === undefined) continue;
      const traffic = text(log.properties["trafficType"]);
      for (const { subnet, at, action, fields } of flows) {
        if (subnet !== log.properties["subnetId"] || (traffic !== "ALL" && traffic !== action)) continue;
        const values: Readonly<Record<string, string>> = { version: "2", protocol: "6", "log-status": "OK", ...fields, action };
        this.lines.push({ group: group.id, stream: `${log.id}-all`, at: Date.parse(at), message: flowFields(log.properties).map((field) => values[field] ?? "-").join(" ") });
      }
    }
  }

  /** Who was told what between two times, in order. `made`: when the alarms were made. @default - long before */
  told(from: string, until: string, made = "2000-01-01T00:00:00Z"): Told[] {
    const [first, last] = [Date.parse(from), Date.parse(until)];
    const points = pointsOf(this.store, this.lines);
    const alarms = firstMinutes(this.store, points, first, last, Date.parse(made));
    return [...alarms, ...this.rules(first, last)].sort((a, b) => a.at.localeCompare(b.at) || a.by.localeCompare(b.by));
  }

  private rules(first: number, last: number): Told[] {
    return this.store.list(EVENT_RULE).flatMap((rule) => {
      const cron = parseCron(text(rule.properties["scheduleExpression"]));
      if (typeof cron === "string") throw new Error(`${rule.id}: the model fires cron expressions, and this ${cron}`);
      if (rule.properties["state"] === "DISABLED") return [];
      const targets = this.store.list(EVENT_TARGET).filter(({ properties }) => properties["rule"] === rule.id);
      const times = Array.from({ length: Math.max(0, Math.floor((last - first) / MINUTE) + 1) }, (_, i) => new Date(first + i * MINUTE)).filter((at) => cron.fires(at));
      return times.flatMap((at) => targets.map((target) => told(target, rule.id, at)));
    });
  }
}

const told = ({ properties }: CloudObject, by: string, at: Date): Told => ({ topic: text(properties["arn"]), by, at: at.toISOString(), text: text(properties["input"]) });
