import { inside, parseCidr } from "../engine/cidr";
import { parseRecord, record, records, text, texts, whole, type JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { lastName, sameArmId } from "./arm-id";
import { associationsOf } from "./collection-rule";
import { parseFilter, type WindowsEvent } from "./event-filter";
import type { Row } from "./kql/tables";
import { addressesOf, findMachine } from "./machine-addresses";
import { hasAgent } from "./monitor-agent";
import { blocksIn } from "./network";
import { findObject, objectsOf } from "./objects";
import { COLLECTION_RULE, FLOW_LOG, STORAGE_ACCOUNT, SUBNET, VIRTUAL_MACHINE } from "./types";

/** Something that a host wrote into one of its logs. */
export interface HostEvent extends WindowsEvent {
  /** Logical name of the host. */
  readonly host: string;
  readonly level: string;
  readonly message: string;
  /** Unit: ms since 1970. */
  readonly at: number;
}

/** A connection that somebody tried to make. */
export interface Flow {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly allowed: boolean;
  /** The rule that decided. */
  readonly rule: string;
  /** Unit: ms since 1970. */
  readonly at: number;
}

export interface Observed {
  readonly events: readonly HostEvent[];
  readonly flows: readonly Flow[];
}

const escaped = (value: string): string => value.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/** As the agent wraps it. The wrapper is from what others show of theirs, not from documentation. */
const xml = (data: HostEvent["data"]): string =>
  `<DataItem type="System.XmlData" time="" sourceHealthServiceId=""><EventData xmlns="http://schemas.microsoft.com/win/2004/08/events/event">${Object.entries(data).map(([name, value]) => `<Data Name="${name}">${escaped(value)}</Data>`).join("")}</EventData></DataItem>`;

/** The rules that a machine's agent follows into a workspace. */
function queriesOf(store: CloudStore, machine: CloudObject, workspace: string): readonly string[] {
  if (!hasAgent(store, machine)) return [];
  const rules = associationsOf(store).filter((one) => sameArmId(one.machine, machine.id)).flatMap(({ rule }) => findObject(store, COLLECTION_RULE, rule) ?? []);
  return rules.flatMap(({ properties }) => {
    const goals = records(record(properties["destinations"])["logAnalytics"]).filter((one) => sameArmId(text(one["workspaceResourceId"]), workspace)).map((one) => one["name"]);
    const streams = records(properties["dataFlows"]).filter((flow) => texts(flow["destinations"]).some((name) => goals.includes(name))).flatMap((flow) => texts(flow["streams"]));
    return records(record(properties["dataSources"])["windowsEventLogs"]).filter((one) => texts(one["streams"]).some((stream) => streams.includes(stream))).flatMap((one) => texts(one["xPathQueries"]));
  });
}

function eventRows(store: CloudStore, workspace: string, events: readonly HostEvent[]): Row[] {
  return events.flatMap((event): Row[] => {
    const machine = findMachine(store, event.host);
    if (machine === undefined || !queriesOf(store, machine, workspace).some((query) => parseFilter(query).matches(event))) return [];
    return [{
      TimeGenerated: { moment: event.at },
      Computer: text(record(machine.properties["osProfile"])["computerName"]).toUpperCase(),
      EventLog: event.log,
      EventID: event.id,
      EventLevel: 0,
      EventLevelName: event.level,
      Source: event.source,
      RenderedDescription: event.message,
      EventData: xml(event.data),
      ParameterXml: "",
      UserName: "",
      // Resource Manager's ids come in small letters.
      _ResourceId: machine.id.toLowerCase(),
    }];
  });
}

/** Whether Network Watcher, one of the trusted services, may write to an account. */
function takesLogs(account: CloudObject | undefined): boolean {
  if (account === undefined || text(account.properties["publicNetworkAccess"]).toLowerCase() === "disabled") return false;
  const { defaultAction, bypass } = record(account.properties["networkRuleSet"]);
  return defaultAction !== "Deny" || text(bypass).includes("AzureServices");
}

/** Whether traffic to an address passes what a flow log looks at. */
function sees(store: CloudStore, target: string, address: string): boolean {
  const block = parseCidr(`${address}/32`);
  const subnet = findObject(store, SUBNET, target);
  return subnet !== undefined && block !== undefined && blocksIn(subnet.properties).some((one) => inside(one, block));
}

function flowRows(store: CloudStore, workspace: string, flows: readonly Flow[]): Row[] {
  return objectsOf(store, FLOW_LOG).flatMap(({ properties }) => {
    const analytics = record(record(properties["flowAnalyticsConfiguration"])["networkWatcherFlowAnalyticsConfiguration"]);
    const goes = properties["enabled"] !== false && analytics["enabled"] === true && sameArmId(text(analytics["workspaceResourceId"]), workspace);
    if (!goes || !takesLogs(findObject(store, STORAGE_ACCOUNT, text(properties["storageId"])))) return [];
    const target = text(properties["targetResourceId"]);
    return flows.filter((flow) => sees(store, target, flow.to)).map((flow): Row => ({
      TimeGenerated: { moment: flow.at },
      SubType: "FlowLog",
      FlowType: "IntraVNet",
      FlowStatus: flow.allowed ? "Allowed" : "Denied",
      FlowDirection: "Inbound",
      SrcIp: flow.from,
      DestIp: flow.to,
      DestPort: flow.port,
      L4Protocol: "T",
      AclRule: flow.rule,
      AllowedInFlows: flow.allowed ? 1 : 0,
      DeniedInFlows: flow.allowed ? 0 : 1,
      TargetResourceId: lastName(target),
    }));
  });
}

/** What of all that happened has come into a table of a workspace. */
export function rowsIn(store: CloudStore, workspace: string, table: string, { events, flows }: Observed): Row[] {
  return table === "Event" ? eventRows(store, workspace, events) : flowRows(store, workspace, flows);
}

/** What hosts have said in their own log, out of the model of Windows: id, level, message, and when. */
export function saidByHosts(store: CloudStore, log: string, source: string): HostEvent[] {
  return objectsOf(store, VIRTUAL_MACHINE).flatMap((machine) => {
    const content = store.readHost(text(machine.properties["vmId"]));
    const said = content === undefined ? [] : records(parseRecord(content)["events"]);
    return said.map((one) => ({ host: machine.name.replace(/-vm$/, ""), log, source, id: whole(one["id"]), level: text(one["level"]), message: text(one["message"]), at: timeOf(one), data: {} }));
  });
}

const timeOf = ({ at }: JsonRecord): number => (typeof at === "number" ? at : Date.parse(text(at)));

/** Addresses of a host, for who wants to knock. */
export const addressesOfHost = (store: CloudStore, host: string): readonly string[] => {
  const machine = findMachine(store, host);
  return machine === undefined ? [] : addressesOf(store, machine);
};
