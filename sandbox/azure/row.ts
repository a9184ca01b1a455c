import { randomUUID } from "node:crypto";
import type { Call, ResourceType } from "../engine/resource";
import { rowType, type Manner, type Row } from "../engine/row";
import { isList, isRecord, text, textMap, texts, type Json, type JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { lastName, liesIn, sameArmId } from "./arm-id";
import { alreadyThere, armError } from "./failure";
import { findObject, groupMustExist } from "./objects";
import { locationOf, normalLocation, subscriptionOf } from "./place";
import { ARM_TYPES, RESOURCE_GROUP } from "./types";

/** A type of azure-native. `replaces` holds what provider/pkg/gen/replacement.go and the API's x-ms-mutability say; the path replaces anyway. */
export interface AzureRow extends Row {
  /** Of the SDK's default; empty for what is no resource of Resource Manager. */
  readonly apiVersion: string;
  /** Inputs that the object's path is made of. */
  readonly path: readonly string[];
  /** Leaves out what Resource Manager takes and never gives back. */
  readonly forgets?: (given: JsonRecord) => JsonRecord;
  readonly maintains?: readonly string[];
  /** What Resource Manager says of it that others have made so: the rules in a group. */
  readonly shows?: (store: CloudStore, object: CloudObject) => JsonRecord;
  /** Whether the request ends before the work does: what fails then leaves the object in the state. @default true */
  readonly longRunning?: boolean;
}

const rows = new Map<string, AzureRow>();

/** Outputs that an update cannot change (provider.go, Update). */
const STABLE = ["name", "location"];
const TAG_NAME = /^[^<>%&\\?/]{1,512}$/;

function tagsMustFit(call: Call): void {
  const tags = Object.entries(textMap(call.inputs["tags"]));
  if (tags.length > 50) throw armError(400, "TagsLimitExceeded", `The resource has ${tags.length} tags; a resource has at most 50.`);
  for (const [name, value] of tags) {
    if (!TAG_NAME.test(name)) throw armError(400, "InvalidTagNameCharacters", `The tag name '${name}' has characters that are reserved, or more than 512.`);
    if (value.length > 256) throw armError(400, "InvalidTagValueLength", `The value of tag '${name}' has more than 256 characters.`);
  }
}

/** Nothing moves: where the provider plans an update all the same, Resource Manager refuses. */
function placeMustStay(call: Call, row: AzureRow, self: string): void {
  const old = text(findObject(call.store, row.token, self)?.properties["location"]);
  const wanted = text(call.inputs["location"]);
  if (old === "" || wanted === "" || normalLocation(old) === normalLocation(wanted)) return;
  throw armError(409, "InvalidResourceLocation", `The resource '${lastName(self)}' already exists in location '${old}'. A resource with the same name cannot be created in location '${wanted}'. Please select a new resource name.`);
}

/** What lies in an object goes with it: a group's machines, a machine's extensions, the roles that were given on it. */
function takeParts(store: CloudStore, { id }: CloudObject): void {
  const parts = store.all().filter((one) => one.type.startsWith("azure-native:") && liesIn(one.id, id));
  for (const part of parts.sort((a, b) => b.id.length - a.id.length)) {
    rows.get(part.type)?.removed?.(store, part);
    store.remove(part.type, part.id);
  }
}

const MANNER: Manner<AzureRow> = {
  said: (_action, _row, _what, work) => work(),
  keeps: (call, row, id, olds) => {
    const { __defaults: _, ...given } = call.inputs;
    const always: JsonRecord = { name: lastName(id), type: ARM_TYPES[row.token] ?? "", provisioningState: "Succeeded", etag: `W/"${randomUUID()}"` };
    const usual = Object.fromEntries(Object.entries(always).filter(([key]) => row.outputs.includes(key)));
    return { ...usual, ...(row.forgets?.(given) ?? given), ...row.compute(call, id, olds) };
  },
  free: (call, row, id) => {
    const taken = findObject(call.store, row.token, id) ?? call.store.list(row.token).find((one) => sameArmId(one.id, id));
    if (taken !== undefined) throw alreadyThere(id);
  },
  shows: (store, row, object) => ({ ...object.properties, ...row.shows?.(store, object) }),
  takesAlong: takeParts,
  type: (row) => {
    const version = row.apiVersion === "" ? {} : { azureApiVersion: row.apiVersion };
    const outputs = [...row.outputs, ...Object.keys(version)];
    const located = "location?" in row.inputs;
    return {
      replaces: [...row.path, ...row.replaces],
      outputs,
      failureKeepsState: row.longRunning !== false,
      comparesInputs: true,
      maintains: row.maintains,
      tells: (properties) => ({ ...Object.fromEntries(row.outputs.flatMap((name) => (properties[name] === undefined ? [] : [[name, name === "identity" ? identityTold(properties[name]) : properties[name]] as const]))), ...version }),
      renews: () => outputs.filter((name) => !STABLE.includes(name)),
      same: (property, old, fresh) => property === "location" && typeof old === "string" && typeof fresh === "string" && normalLocation(old) === normalLocation(fresh),
      fill: (inputs, config, olds) => {
        const location = text(olds["location"]) || locationOf(config);
        return located && inputs["location"] === undefined && location !== "" ? { location } : {};
      },
      check: (inputs) => [
        ...(located && inputs["location"] === undefined
          ? [{ property: "location", reason: "missing required property 'location'. Either set it explicitly or configure it with 'pulumi config set azure-native:location <value>'." }]
          : []),
        ...(row.check?.(inputs) ?? []),
      ],
    };
  },
};

/** Resource Manager takes a list of a machine's identities, and tells a map that has them for keys. */
function identityTold(identity: Json): Json {
  if (!isRecord(identity) || !isList(identity["userAssignedIdentities"])) return identity;
  return { ...identity, userAssignedIdentities: Object.fromEntries(texts(identity["userAssignedIdentities"]).map((id) => [id, {}])) };
}

/** What Resource Manager looks at before it hands a request to the service. */
function validate(row: AzureRow): NonNullable<Row["validate"]> {
  return (call, self) => {
    tagsMustFit(call);
    if (row.token !== RESOURCE_GROUP && row.path.includes("resourceGroupName")) groupMustExist(call, subscriptionOf(call));
    if (self !== undefined) placeMustStay(call, row, self);
    row.validate?.(call, self);
  };
}

export function azureType(row: AzureRow): ResourceType {
  rows.set(row.token, row);
  return rowType({ ...row, validate: validate(row) }, MANNER);
}
