import { randomBytes } from "node:crypto";
import { CloudError } from "../engine/failure";
import type { AutoName, Call, ResourceType } from "../engine/resource";
import type { InputFields, Problem } from "../engine/shape";
import { ACCOUNT_ID } from "../store/account";
import { text, type JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";

/** One type of cloud object: what is special about it. Everything else is `cloudType`. */
export interface Row {
  readonly token: string;
  /** As the provider names it in errors: "EC2 Security Group". */
  readonly title: string;
  readonly inputs: InputFields;
  /** ForceNew in hashicorp/terraform-provider-aws, internal/service; `region` replaces everywhere. */
  readonly replaces: readonly string[];
  readonly sets?: readonly string[];
  readonly autoName?: AutoName;
  readonly defaults?: JsonRecord;
  readonly outputs: readonly string[];
  readonly replacesWhen?: ResourceType["replacesWhen"];
  readonly renews?: ResourceType["renews"];
  /** Before anything is called: syntax, ranges, what excludes each other. */
  readonly check?: (inputs: JsonRecord) => readonly Problem[];
  /** Id of a new object. */
  readonly identify: (call: Call) => string;
  /** Code of the refusal when that id is taken. */
  readonly taken?: string;
  /** What the API refuses: references that do not exist, clashes with other objects. `self`: the id on update. */
  readonly validate?: (call: Call, self: string | undefined) => void;
  readonly compute: (call: Call, id: string, olds: JsonRecord | undefined) => JsonRecord;
  /** What else comes to be, and what goes. `olds`: what the object was before an update. */
  readonly after?: (call: Call, object: CloudObject, olds: JsonRecord | undefined) => void;
  readonly settle?: (call: Call, object: CloudObject) => void;
  readonly inUse?: (store: CloudStore, object: CloudObject) => void;
  readonly removed?: (store: CloudStore, object: CloudObject) => void;
}

export const newId = (prefix: string): string => `${prefix}-${randomBytes(9).toString("hex").slice(0, 17)}`;

export function arn(call: Call, service: string, resource: string): string {
  const global = service === "iam" || service === "s3" || service === "route53";
  const account = service === "s3" ? "" : ACCOUNT_ID;
  return `arn:aws:${service}:${global ? "" : regionOf(call)}:${account}:${resource}`;
}

export const regionOf = (call: Call): string => text(call.inputs["region"]) || call.config.region;

/** The object that a property refers to, or the refusal that the API gives. */
export function mustExist(call: Call, type: string, id: string, code: string, what: string): CloudObject {
  const found = call.store.get(type, id);
  if (found === undefined) throw new CloudError(code, `The ${what} '${id}' does not exist`);
  return found;
}

function said<T>(action: string, row: Row, what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    throw new Error(`${action} ${row.title}${what === "" ? "" : ` (${what})`}: ${error.message}`);
  }
}

/** The resource type of a row: its objects lie in the store, one file each. */
export function cloudType(row: Row): ResourceType {
  const regional = "region?" in row.inputs;
  const nameOf = (inputs: JsonRecord): string => (row.autoName === undefined ? "" : text(inputs[row.autoName.property]));
  const object = (call: Call, id: string, olds: JsonRecord | undefined): CloudObject => {
    const { __defaults: _, ...given } = call.inputs;
    const computed = row.compute(call, id, olds);
    const region = regional ? { region: regionOf(call) } : {};
    return { type: row.token, id, name: call.name, properties: { ...region, ...computed, ...given } };
  };
  return {
    token: row.token,
    inputs: row.inputs,
    replaces: regional ? [...row.replaces, "region"] : row.replaces,
    outputs: [...row.outputs, ...(regional ? ["region"] : []), ...("tags?" in row.inputs ? ["tagsAll"] : [])],
    sets: row.sets,
    autoName: row.autoName,
    defaults: row.defaults,
    failureKeepsState: true,
    replacesWhen: row.replacesWhen,
    renews: row.renews,
    check: row.check,
    create: (call) => {
      const made = said("creating", row, nameOf(call.inputs), () => {
        row.validate?.(call, undefined);
        const fresh = object(call, row.identify(call), undefined);
        if (!call.store.create(fresh)) throw new CloudError(row.taken ?? "AlreadyExists", `${row.title} '${fresh.id}' already exists`);
        call.store.event({ op: "create", type: row.token, id: fresh.id, name: call.name });
        return fresh;
      });
      row.after?.(call, made, undefined);
      row.settle?.(call, made);
      return { id: made.id, properties: (call.store.get(row.token, made.id) ?? made).properties };
    },
    read: (call, id) => call.store.get(row.token, id)?.properties,
    update: (call, id) => {
      const old = call.store.get(row.token, id);
      const changed = said("updating", row, id, () => {
        if (old === undefined) throw new CloudError("NotFound", `${row.title} '${id}' does not exist`);
        row.validate?.(call, id);
        const fresh = object(call, id, old.properties);
        call.store.put(fresh);
        call.store.event({ op: "update", type: row.token, id, name: call.name });
        return fresh;
      });
      row.after?.(call, changed, old?.properties ?? {});
      return (call.store.get(row.token, id) ?? changed).properties;
    },
    delete: (call, id) =>
      said("deleting", row, id, () => {
        const found = call.store.get(row.token, id);
        if (found === undefined) return;
        row.inUse?.(call.store, found);
        row.removed?.(call.store, found);
        call.store.remove(row.token, id);
        call.store.event({ op: "delete", type: row.token, id, name: call.name });
      }),
  };
}
