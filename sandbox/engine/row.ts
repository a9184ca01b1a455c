import type { JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { CloudError } from "./failure";
import type { AutoName, Call, ResourceType } from "./resource";
import type { InputFields, Problem } from "./shape";

/** One type of cloud object: what is special about it. Everything else is `rowType` and the cloud's manner. */
export interface Row {
  readonly token: string;
  /** As the provider names it in errors: "EC2 Security Group". */
  readonly title: string;
  readonly inputs: InputFields;
  /** What the real provider's source says replaces; what replaces everywhere in a cloud is its manner's. */
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
  readonly resolves?: ResourceType["resolves"];
  readonly importFails?: ResourceType["importFails"];
  /** Code of the refusal when that id is taken. */
  readonly taken?: string;
  /** What the API refuses: references that do not exist, clashes with other objects. `self`: the id on update. */
  readonly validate?: (call: Call, self: string | undefined) => void;
  readonly compute: (call: Call, id: string, olds: JsonRecord | undefined) => JsonRecord;
  /** What else comes to be, and what goes. `olds`: what the object was before an update. */
  readonly after?: (call: Call, object: CloudObject, olds: JsonRecord | undefined) => void;
  /** The end of a long operation: what fails here leaves the object behind. */
  readonly settle?: (call: Call, object: CloudObject, olds: JsonRecord | undefined) => void;
  readonly inUse?: (store: CloudStore, object: CloudObject) => void;
  readonly removed?: (store: CloudStore, object: CloudObject) => void;
}

/** How a cloud and its provider go about all their objects. */
export interface Manner<R extends Row> {
  /** Puts the provider's words around a refusal. */
  readonly said: <T>(action: string, row: R, what: string, work: () => T) => T;
  /** What the cloud keeps of what it was given and what it computed. */
  readonly keeps: (call: Call, row: R, id: string, olds: JsonRecord | undefined) => JsonRecord;
  /** @throws when there is such an object. */
  readonly free: (call: Call, row: R, id: string) => void;
  /** What the cloud says of an object now; what it keeps, when left out. */
  readonly shows?: (store: CloudStore, row: R, object: CloudObject) => JsonRecord;
  /** What else goes when an object goes. */
  readonly takesAlong?: (store: CloudStore, object: CloudObject) => void;
  /** What its provider adds to each type. */
  readonly type: (row: R) => Partial<ResourceType> & Pick<ResourceType, "failureKeepsState">;
}

function exists(row: Row, id: string): CloudError {
  return new CloudError(row.taken ?? "AlreadyExists", `${row.title} '${id}' already exists`);
}

/** The resource type of a row: its objects lie in the store, one file each. */
export function rowType<R extends Row>(row: R, manner: Manner<R>): ResourceType {
  const nameOf = (inputs: JsonRecord): string => {
    const name = row.autoName === undefined ? "" : inputs[row.autoName.property];
    return typeof name === "string" ? name : "";
  };
  const object = (call: Call, id: string, olds: JsonRecord | undefined): CloudObject => ({ type: row.token, id, name: call.name, properties: manner.keeps(call, row, id, olds) });
  const shown = (store: CloudStore, found: CloudObject): JsonRecord => manner.shows?.(store, row, found) ?? found.properties;
  const current = ({ store }: Call, made: CloudObject): JsonRecord => shown(store, store.get(row.token, made.id) ?? made);
  return {
    token: row.token,
    inputs: row.inputs,
    replaces: row.replaces,
    outputs: row.outputs,
    sets: row.sets,
    autoName: row.autoName,
    defaults: row.defaults,
    replacesWhen: row.replacesWhen,
    renews: row.renews,
    check: row.check,
    resolves: row.resolves,
    importFails: row.importFails,
    create: (call) => {
      const made = manner.said("creating", row, nameOf(call.inputs), () => {
        const id = row.identify(call);
        manner.free(call, row, id);
        row.validate?.(call, undefined);
        const fresh = object(call, id, undefined);
        if (!call.store.create(fresh)) throw exists(row, fresh.id);
        call.store.event({ op: "create", type: row.token, id: fresh.id, name: call.name });
        return fresh;
      });
      row.after?.(call, made, undefined);
      row.settle?.(call, made, undefined);
      return { id: made.id, properties: current(call, made) };
    },
    read: ({ store }, id) => {
      const found = store.get(row.token, id);
      return found && shown(store, found);
    },
    update: (call, id) => {
      const old = call.store.get(row.token, id);
      const changed = manner.said("updating", row, id, () => {
        if (old === undefined) throw new CloudError("NotFound", `${row.title} '${id}' does not exist`);
        row.validate?.(call, id);
        const fresh = object(call, id, old.properties);
        call.store.put(fresh);
        call.store.event({ op: "update", type: row.token, id, name: call.name });
        return fresh;
      });
      row.after?.(call, changed, old?.properties ?? {});
      row.settle?.(call, changed, old?.properties ?? {});
      return current(call, changed);
    },
    delete: (call, id) =>
      manner.said("deleting", row, id, () => {
        const found = call.store.get(row.token, id);
        if (found === undefined) return;
        row.inUse?.(call.store, found);
        manner.takesAlong?.(call.store, found);
        row.removed?.(call.store, found);
        call.store.remove(row.token, id);
        call.store.event({ op: "delete", type: row.token, id, name: call.name });
      }),
    ...manner.type(row),
  };
}
