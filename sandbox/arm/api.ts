import { randomUUID } from "node:crypto";
import { groupId, lastName } from "../azure/arm-id";
import { hostName } from "../azure/machine-addresses";
import { findObject } from "../azure/objects";
import { RESOURCE_GROUP, VIRTUAL_MACHINE } from "../azure/types";
import { restartMachine } from "../guest/windows";
import { text, type JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { ArmError } from "./error";
import { isRunning, machineId, machinesOf, machineView } from "./machine";
import { taggedGroups, taggedResources, tagsOf } from "./resources";
import { RunCommands } from "./run-commands";
import { SecurityGroups } from "./security-groups";

const PAGE = 50;

export interface ArmRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: JsonRecord;
  /** Where the endpoint is, for the addresses in its answers. */
  readonly url: string;
}

export interface ArmReply {
  readonly status: number;
  readonly body?: JsonRecord;
  readonly headers?: Readonly<Record<string, string>>;
}

const VM = "/subscriptions/([^/]+)/resourceGroups/([^/]+)/providers/Microsoft.Compute/virtualMachines";
const NSG = "/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft.Network/networkSecurityGroups/[^/]+";
const ROUTES = {
  group: new RegExp(`^${NSG}$`, "i"),
  rule: new RegExp(`^${NSG}/securityRules/[^/]+$`, "i"),
  tagged: /^\/subscriptions\/([^/]+)\/(resources|resourcegroups)$/i,
  tags: /^(\/subscriptions\/.+)\/providers\/Microsoft\.Resources\/tags\/default$/i,
  machines: new RegExp(`^${VM}$`, "i"),
  machine: new RegExp(`^(${VM}/[^/]+)$`, "i"),
  commands: new RegExp(`^(${VM}/[^/]+)/runCommands$`, "i"),
  command: new RegExp(`^(${VM}/[^/]+)/runCommands/[^/]+$`, "i"),
  restart: new RegExp(`^(${VM}/[^/]+)/restart$`, "i"),
  operation: /^\/subscriptions\/[^/]+\/providers\/Microsoft\.Compute\/locations\/[^/]+\/operations\/([^/]+)$/i,
};

/** An operation that Azure does behind its answer, told by the id of the run command that it is about, if it is about one. */
interface Operation {
  readonly command: string;
  readonly started: string;
  looked: boolean;
}

/** The part of Azure Resource Manager that a gate's reader needs, and whoever looks for what a deployment has left. */
export class ArmApi {
  private readonly commands: RunCommands;
  private readonly groups: SecurityGroups;
  private readonly operations = new Map<string, Operation>();
  /** When each machine was last started anew. */
  private readonly restarted = new Map<string, number>();

  constructor(private readonly store: CloudStore) {
    this.commands = new RunCommands(store);
    this.groups = new SecurityGroups(store);
  }

  handle(request: ArmRequest): ArmReply {
    const { method, path, query } = request;
    if (!query.has("api-version")) throw new ArmError(400, "MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required for all requests.");
    const expanded = query.get("$expand")?.toLowerCase() === "instanceview";
    if (method === "GET" && ROUTES.machines.test(path)) return this.list(request);
    const [, machine] = ROUTES.machine.exec(path) ?? [];
    if (method === "GET" && machine !== undefined) return { status: 200, body: this.view(this.machine(machine), expanded) };
    const [, owner] = ROUTES.commands.exec(path) ?? ROUTES.command.exec(path) ?? [];
    if (owner !== undefined) return this.command(request, this.machine(owner), expanded);
    const [, started] = ROUTES.restart.exec(path) ?? [];
    if (method === "POST" && started !== undefined) return this.restart(request, this.machine(started));
    const [, operation] = ROUTES.operation.exec(path) ?? [];
    if (method === "GET" && operation !== undefined) return this.operation(operation);
    return this.found(request) ?? this.refused(request);
  }

  private refused({ method, path }: ArmRequest): never {
    throw new ArmError(404, "InvalidResourceType", `the sandbox has no ${method} ${path}`);
  }

  /** Groups and their rules, and what bears a tag. */
  private found(request: ArmRequest): ArmReply | undefined {
    const { method, path, query } = request;
    if (method === "DELETE" && ROUTES.rule.test(path)) return { status: this.groups.remove(path) ? 202 : 204 };
    if (method !== "GET") return undefined;
    if (ROUTES.group.test(path)) return { status: 200, body: this.groups.group(path) };
    if (ROUTES.rule.test(path)) return { status: 200, body: this.groups.rule(path) };
    const [, owner] = ROUTES.tags.exec(path) ?? [];
    if (owner !== undefined) return { status: 200, body: tagsOf(this.store, owner) };
    const [, subscription, what = ""] = ROUTES.tagged.exec(path) ?? [];
    if (subscription === undefined) return undefined;
    const tagged = what.toLowerCase() === "resources" ? taggedResources : taggedGroups;
    return this.page(request, tagged(this.store, subscription, query.get("$filter") ?? ""));
  }

  private page({ path, query, url }: ArmRequest, all: readonly JsonRecord[]): ArmReply {
    const from = Number(query.get("$skiptoken") ?? "0");
    const next = new URLSearchParams(query);
    next.set("$skiptoken", String(from + PAGE));
    return { status: 200, body: { value: all.slice(from, from + PAGE), ...(from + PAGE < all.length ? { nextLink: `${url}${path}?${next.toString()}` } : {}) } };
  }

  private machine(id: string): CloudObject {
    const found = findObject(this.store, VIRTUAL_MACHINE, id);
    if (found === undefined) throw new ArmError(404, "ResourceNotFound", `The Resource 'Microsoft.Compute/virtualMachines/${lastName(id)}' was not found.`);
    return found;
  }

  private view(machine: CloudObject, expanded: boolean): JsonRecord {
    return machineView(machine, expanded, this.restarted.get(machine.id));
  }

  private list(request: ArmRequest): ArmReply {
    const { path, query } = request;
    const [, subscription = "", group = ""] = ROUTES.machines.exec(path) ?? [];
    const all = machinesOf(this.store, subscription, group);
    if (all.length === 0 && findObject(this.store, RESOURCE_GROUP, groupId(subscription, group)) === undefined) {
      throw new ArmError(404, "ResourceGroupNotFound", `Resource group '${group}' could not be found.`);
    }
    if (query.has("$expand")) throw new ArmError(400, "InvalidParameter", "$expand of a list takes a $filter.");
    return this.page(request, all.map((one) => this.view(one, false)));
  }

  /** What an answer says of an operation that goes on behind it. */
  private later({ path, url, query }: ArmRequest, machine: CloudObject, command: string): Record<string, string> {
    const operation = this.begin(path, text(machine.properties["location"]), command);
    return { "Azure-AsyncOperation": `${url}${operation}?api-version=${query.get("api-version") ?? ""}` };
  }

  private command(request: ArmRequest, machine: CloudObject, expanded: boolean): ArmReply {
    const { method, path, body } = request;
    if (ROUTES.commands.test(path)) {
      if (method !== "GET") throw new ArmError(405, "HttpMethodNotAllowed", method);
      return { status: 200, body: { value: this.commands.of(machine).map((one) => this.commands.view(one, expanded)) } };
    }
    switch (method) {
      case "GET":
        return { status: 200, body: this.commands.view(this.commands.get(path), expanded) };
      case "PUT": {
        const { command, made, runs } = this.commands.put(machine, path, body);
        return { status: made ? 201 : 200, body: this.commands.view(command, false), ...(runs ? { headers: this.later(request, machine, command.id) } : {}) };
      }
      case "DELETE":
        return this.commands.remove(path) ? { status: 202, headers: this.later(request, machine, "") } : { status: 204 };
      default:
        throw new ArmError(405, "HttpMethodNotAllowed", method);
    }
  }

  private restart(request: ArmRequest, machine: CloudObject): ArmReply {
    if (!isRunning(machine)) throw new ArmError(409, "OperationNotAllowed", `Cannot restart VM '${lastName(machine.id)}' since it is not running.`);
    restartMachine(this.store, machineId(machine));
    this.store.event({ op: "restart", type: VIRTUAL_MACHINE, id: machineId(machine), name: hostName(machine) });
    this.restarted.set(machine.id, Date.now());
    return { status: 202, headers: this.later(request, machine, "") };
  }

  private begin(path: string, location: string, command: string): string {
    const id = randomUUID();
    this.operations.set(id, { command, started: new Date().toISOString(), looked: false });
    return `${path.split("/").slice(0, 3).join("/")}/providers/Microsoft.Compute/locations/${location}/operations/${id}`;
  }

  private operation(id: string): ArmReply {
    const operation = this.operations.get(id);
    if (operation === undefined) throw new ArmError(404, "NotFound", "The entity was not found.");
    const told = (status: string, more: JsonRecord = {}): ArmReply => ({ status: 200, body: { name: id, startTime: operation.started, status, ...more } });
    if (!operation.looked) {
      operation.looked = true;
      return told("InProgress");
    }
    if (operation.command === "") return told("Succeeded");
    const state = text(this.commands.get(operation.command).properties["provisioningState"]);
    if (state === "Succeeded") return told("Succeeded");
    if (state !== "Failed") return told("InProgress");
    return told("Failed", { error: { code: "VMExtensionProvisioningError", message: `VM has reported a failure when processing run command '${lastName(operation.command)}'.` } });
  }
}
