import { join } from "node:path";
import { inside, parseCidr } from "./aws/cidr";
import { addressesOf } from "./aws/interface";
import { INGRESS_RULE, INSTANCE, NETWORK_INTERFACE, PREFIX_LIST } from "./aws/types";
import { parseRecord, records, text, texts, whole, type JsonRecord } from "./store/json";
import { readIfThere } from "./store/read";
import { CloudStore, type CloudObject } from "./store/store";
import { runSchedule } from "./ssm/association";

const lines = (content: string | undefined): JsonRecord[] => (content ?? "").split("\n").filter((line) => line !== "").map(parseRecord);

/** What is in the sandbox's cloud, for those who look at it from outside: tests, and the summary of a run. */
export class Cloud {
  readonly store: CloudStore;

  constructor(readonly root: string) {
    this.store = new CloudStore(root);
  }

  list(type: string): CloudObject[] {
    return this.store.list(type);
  }

  /** Everything that a program made; secrets and what else the account had by itself left out. */
  made(): CloudObject[] {
    return this.store.all().filter((object) => object.name !== "");
  }

  /** The object that a resource of the program made, by the resource's logical name. */
  byName(name: string): CloudObject | undefined {
    return this.store.all().find((object) => object.name === name);
  }

  events(): JsonRecord[] {
    return lines(readIfThere(join(this.root, "events.jsonl")));
  }

  hostState(instanceId: string): JsonRecord | undefined {
    const content = this.store.readHost(instanceId);
    return content === undefined ? undefined : parseRecord(content);
  }

  hostHistory(instanceId: string): JsonRecord[] {
    return lines(readIfThere(join(this.root, "hosts", `${instanceId}.history.jsonl`)));
  }

  /** Who may reach a TCP port of a host through security groups: CIDR blocks, and groups as "sg-…". */
  sources(host: string, port: number): string[] {
    const instance = this.store.list(INSTANCE).find((one) => one.name === `${host}-instance` || one.id === host);
    const nics = instance === undefined ? [] : this.interfaces(instance.id);
    const groups = new Set(nics.flatMap((nic) => texts(nic.properties["securityGroups"])));
    const rules = this.store.list(INGRESS_RULE).filter(({ properties }) => groups.has(text(properties["securityGroupId"])) && covers(properties, port));
    return [...new Set(rules.flatMap(({ properties }) => this.sourcesOf(properties)))].sort();
  }

  /** Whether every address of a block, such as "10.0.9.5/32", may reach a TCP port of a host. */
  reaches(host: string, port: number, fromCidr: string): boolean {
    const from = parseCidr(fromCidr);
    if (from === undefined) throw new Error(`${fromCidr} is no CIDR block`);
    const blocks = this.sources(host, port).map(parseCidr);
    return blocks.some((block) => block !== undefined && inside(block, from));
  }

  /** What State Manager's schedule would do by now. */
  runSchedule(region = "eu-central-1"): void {
    runSchedule(this.store, region);
  }

  addresses(instanceId: string): readonly string[] {
    return this.interfaces(instanceId).flatMap((nic) => addressesOf(nic.properties));
  }

  private interfaces(instanceId: string): CloudObject[] {
    return this.store.list(NETWORK_INTERFACE).filter((nic) => records(nic.properties["attachments"]).some((one) => one["instance"] === instanceId));
  }

  private sourcesOf(rule: JsonRecord): string[] {
    const list = this.store.get(PREFIX_LIST, text(rule["prefixListId"]));
    const named = [rule["cidrIpv4"], rule["cidrIpv6"], rule["referencedSecurityGroupId"]].map(text).filter((source) => source !== "");
    return [...named, ...records(list?.properties["entries"]).map((entry) => text(entry["cidr"]))];
  }
}

function covers(rule: JsonRecord, port: number): boolean {
  const protocol = text(rule["ipProtocol"]);
  if (protocol === "-1") return true;
  return (protocol === "tcp" || protocol === "6") && whole(rule["fromPort"]) <= port && port <= whole(rule["toPort"], 65535);
}
