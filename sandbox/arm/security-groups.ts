import { lastName } from "../azure/arm-id";
import { findObject } from "../azure/objects";
import { rulesIn } from "../azure/rules";
import { SECURITY_GROUP, SECURITY_RULE } from "../azure/types";
import { takeAway } from "../removal";
import { textMap, type JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { ArmError } from "./error";

/** Azure takes a rule away a moment after it has said so. */
const REMOVE_MS = 30;
/** What an object is found by, and no property of it. */
const PATH = ["resourceGroupName", "networkSecurityGroupName", "securityRuleName", "id", "name", "type", "etag"];

/** Network security groups and their rules, for those who look for doors. */
export class SecurityGroups {
  /** Ids of rules that are on their way out. */
  private readonly leaving = new Set<string>();

  constructor(private readonly store: CloudStore) {}

  group(id: string): JsonRecord {
    const found = findObject(this.store, SECURITY_GROUP, id);
    if (found === undefined) throw new ArmError(404, "ResourceNotFound", `The Resource 'Microsoft.Network/networkSecurityGroups/${lastName(id)}' was not found.`);
    return {
      id: found.id,
      name: lastName(found.id),
      type: "Microsoft.Network/networkSecurityGroups",
      location: found.properties["location"],
      tags: textMap(found.properties["tags"]),
      properties: { provisioningState: "Succeeded", securityRules: rulesIn(this.store, found.id).map((rule) => this.view(rule)) },
    };
  }

  rule(id: string): JsonRecord {
    const found = findObject(this.store, SECURITY_RULE, id);
    if (found === undefined) throw new ArmError(404, "NotFound", `Resource ${id} not found.`);
    return this.view(found);
  }

  /** Whether there was one. */
  remove(id: string): boolean {
    const found = this.store.list(SECURITY_RULE).find((one) => one.id.toLowerCase() === id.toLowerCase());
    if (found === undefined) return false;
    if (this.leaving.has(found.id)) throw new ArmError(429, "RetryableError", "A retryable error occurred.");
    this.leaving.add(found.id);
    setTimeout(() => this.take(found), REMOVE_MS).unref();
    return true;
  }

  private take(rule: CloudObject): void {
    try {
      takeAway(this.store, rule);
    } catch {
      // Told by the operation in Azure; here by the rule, which stays.
    }
    this.leaving.delete(rule.id);
  }

  private view({ id, properties }: CloudObject): JsonRecord {
    const shown = Object.fromEntries(Object.entries(properties).filter(([name]) => !PATH.includes(name)));
    return {
      id,
      name: lastName(id),
      type: "Microsoft.Network/networkSecurityGroups/securityRules",
      properties: { ...shown, provisioningState: this.leaving.has(id) ? "Deleting" : "Succeeded" },
    };
  }
}
