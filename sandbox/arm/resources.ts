import { findObject } from "../azure/objects";
import { rulesIn } from "../azure/rules";
import { ARM_TYPES, SECURITY_GROUP, SECURITY_RULE } from "../azure/types";
import { placeOf, lastName } from "../azure/arm-id";
import { text, textMap, type JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import type { ArmReply, ArmRequest } from "./api";
import { ArmError } from "./error";

const PAGE = 50;
const GROUP = "/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft.Network/networkSecurityGroups/[^/]+";
const ROUTES = {
  list: /^\/subscriptions\/([^/]+)\/resources$/i,
  group: new RegExp(`^${GROUP}$`, "i"),
  rule: new RegExp(`^(${GROUP})/securityRules/[^/]+$`, "i"),
};
const FILTER = /^tagName eq '((?:[^']|'')*)' and tagValue eq '((?:[^']|'')*)'$/;
const unquoted = (value: string): string => value.replaceAll("''", "'");

/** Resources by their tags, security groups and their rules: what finds the lost, and closes a door. */
export class Resources {
  /** Rules that are being deleted: a look sees them once more. */
  private readonly going = new Set<string>();

  constructor(private readonly store: CloudStore) {}

  /** Undefined for what somebody else answers. */
  handle(request: ArmRequest): ArmReply | undefined {
    const { method, path } = request;
    const [, subscription] = ROUTES.list.exec(path) ?? [];
    if (method === "GET" && subscription !== undefined) return this.list(request, subscription);
    if (method === "GET" && ROUTES.group.test(path)) return { status: 200, body: this.group(path) };
    const [, owner] = ROUTES.rule.exec(path) ?? [];
    if (owner === undefined) return undefined;
    if (method === "GET") return { status: 200, body: this.rule(path, owner) };
    return method === "DELETE" ? this.remove(path) : undefined;
  }

  private list({ query, url, path }: ArmRequest, subscription: string): ArmReply {
    const [, name, value] = FILTER.exec(query.get("$filter") ?? "") ?? [];
    if (name === undefined || value === undefined) throw new ArmError(400, "InvalidFilterInQueryString", `the sandbox knows no filter '${query.get("$filter") ?? ""}'`);
    // Parts of something else are not listed.
    const all = Object.entries(ARM_TYPES).filter(([, type]) => type.split("/").length === 2).flatMap(([token, type]) =>
      this.store.list(token).filter(({ id, properties }) => placeOf(id).subscription.toLowerCase() === subscription.toLowerCase() && textMap(properties["tags"])[unquoted(name)] === unquoted(value)).map((object) => shown(object, type)));
    const from = Number(query.get("$skiptoken") ?? "0");
    const next = from + PAGE < all.length ? { nextLink: `${url}${path}?api-version=${query.get("api-version") ?? ""}&$filter=${encodeURIComponent(query.get("$filter") ?? "")}&$skiptoken=${from + PAGE}` } : {};
    return { status: 200, body: { value: all.slice(from, from + PAGE), ...next } };
  }

  private group(path: string): JsonRecord {
    const found = findObject(this.store, SECURITY_GROUP, path);
    if (found === undefined) throw notFound(path);
    return { ...shown(found, "Microsoft.Network/networkSecurityGroups"), properties: { securityRules: rulesIn(this.store, found.id).map(ruleView) } };
  }

  private rule(path: string, owner: string): JsonRecord {
    const found = this.store.get(SECURITY_RULE, path) ?? rulesIn(this.store, owner).find(({ id }) => id.toLowerCase() === path.toLowerCase());
    if (found !== undefined) return ruleView(found);
    if (this.going.delete(path.toLowerCase())) return { id: path, name: lastName(path), properties: { provisioningState: "Deleting" } };
    throw notFound(path);
  }

  private remove(path: string): ArmReply {
    const found = this.store.list(SECURITY_RULE).find(({ id }) => id.toLowerCase() === path.toLowerCase());
    if (found === undefined) return { status: 204 };
    this.store.remove(SECURITY_RULE, found.id);
    this.store.event({ op: "delete", type: SECURITY_RULE, id: found.id, name: found.name });
    this.going.add(path.toLowerCase());
    return { status: 202 };
  }
}

const notFound = (path: string): ArmError => new ArmError(404, "NotFound", `The resource ${path} was not found.`);

const shown = ({ id, properties }: CloudObject, type: string): JsonRecord => ({ id, name: lastName(id), type, location: text(properties["location"]), tags: properties["tags"] ?? {} });

function ruleView({ id, properties }: CloudObject): JsonRecord {
  const { resourceGroupName: _, networkSecurityGroupName: __, securityRuleName: ___, ...rest } = properties;
  return { id, name: lastName(id), properties: { provisioningState: "Succeeded", ...rest } };
}
