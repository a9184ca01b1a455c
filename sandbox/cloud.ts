import { join } from "node:path";
import { findInstance, instanceAddresses, instanceReaches, instanceSources } from "./aws/sources";
import { addressesOf, findMachine } from "./azure/machine-addresses";
import { machineReaches, machineSources } from "./azure/sources";
import { parseCidr } from "./engine/cidr";
import { parseRecord, type JsonRecord } from "./store/json";
import { readIfThere } from "./store/read";
import { CloudStore, type CloudObject } from "./store/store";
import { guestOf } from "./arm/run-commands";
import { INSTANCE } from "./aws/types";
import { VIRTUAL_MACHINE } from "./azure/types";
import { runTask } from "./guest/windows";
import { runSchedule } from "./ssm/association";
import { machineOf } from "./ssm/windows";

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

  /** By the instance's id, or the machine's GUID. */
  hostState(id: string): JsonRecord | undefined {
    const content = this.store.readHost(id);
    return content === undefined ? undefined : parseRecord(content);
  }

  hostHistory(id: string): JsonRecord[] {
    return lines(readIfThere(join(this.root, "hosts", `${id}.history.jsonl`)));
  }

  /**
   * Who may reach a TCP port of a host through the network's rules: CIDR blocks; in AWS groups as "sg-…", in Azure tags
   * by their name. The host by its name, or by the id of its instance or machine.
   */
  sources(host: string, port: number): string[] {
    const [instance, machine] = [findInstance(this.store, host), findMachine(this.store, host)];
    if (instance !== undefined) return instanceSources(this.store, instance, port);
    return machine === undefined ? [] : machineSources(this.store, machine, port);
  }

  /** Whether every address of a block, such as "10.0.9.5/32", may reach a TCP port of a host. */
  reaches(host: string, port: number, fromCidr: string): boolean {
    const from = parseCidr(fromCidr);
    if (from === undefined) throw new Error(`${fromCidr} is no CIDR block`);
    const [instance, machine] = [findInstance(this.store, host), findMachine(this.store, host)];
    if (instance !== undefined) return instanceReaches(this.store, instance, port, from);
    return machine !== undefined && machineReaches(this.store, machine, port, from);
  }

  /** What State Manager's schedule would do by now. */
  runSchedule(region = "eu-central-1"): void {
    runSchedule(this.store, region);
  }

  /** What the tasks of all hosts would do by now: they ask no control channel. */
  runTasks(region = "eu-central-1"): void {
    for (const instance of this.store.list(INSTANCE)) if (this.store.readHost(instance.id) !== undefined) runTask(this.store, machineOf(this.store, instance, region));
    for (const machine of this.store.list(VIRTUAL_MACHINE)) {
      const guest = guestOf(this.store, machine);
      if (this.store.readHost(guest.id) !== undefined) runTask(this.store, guest);
    }
  }

  /** Of an instance by its id, of a machine by the GUID that it calls itself. */
  addresses(id: string): readonly string[] {
    const machine = findMachine(this.store, id);
    return machine === undefined ? instanceAddresses(this.store, id) : addressesOf(this.store, machine);
  }
}
