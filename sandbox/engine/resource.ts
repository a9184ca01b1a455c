import type { Json, JsonRecord } from "../store/json";
import type { CloudStore } from "../store/store";
import type { InputFields, Problem } from "./shape";

/** What the provider was configured with. */
export interface ProviderConfig {
  readonly region: string;
  readonly defaultTags: Readonly<Record<string, string>>;
  /** The whole configuration as plain data; nothing in it is empty text. */
  readonly settings?: JsonRecord;
}

/** One operation on one resource. `inputs` are plain: no secrets' wrappers, no references. */
export interface Call {
  readonly store: CloudStore;
  readonly config: ProviderConfig;
  readonly urn: string;
  /** Logical name in the program. */
  readonly name: string;
  readonly inputs: JsonRecord;
  /** What the state knew of the inputs, on update: some of them no cloud ever tells again. */
  readonly oldInputs?: JsonRecord;
  /** Ends when the engine asks the provider to stop. */
  readonly cancelled: AbortSignal;
}

export interface Created {
  readonly id: string;
  readonly properties: JsonRecord;
}

export interface AutoName {
  readonly property: string;
  /** Input that makes the cloud invent the name instead. */
  readonly prefix?: string;
  readonly maxLength: number;
  readonly lowerCase?: boolean;
  /** False for names that are the logical name as it is; `uuid` for names that are nothing but one. */
  readonly random?: boolean | "uuid";
  /** What stands between the logical name and the random digits. @default "-" */
  readonly separator?: string;
  /** @default 7 */
  readonly digits?: number;
}

type Answer<T> = T | Promise<T>;

/** A type of resource as the engine sees it: what it takes, what replaces it, and what its operations do. */
export interface ResourceType {
  readonly token: string;
  readonly inputs: InputFields;
  /** Inputs whose change needs a new object: "ami", or "rootBlockDevice.encrypted" for a part. */
  readonly replaces: readonly string[];
  /** Outputs that the cloud computes, unknown until then. */
  readonly outputs: readonly string[];
  readonly autoName?: AutoName;
  readonly defaults?: JsonRecord;
  /** Lists whose order does not count. */
  readonly sets?: readonly string[];
  readonly secretOutputs?: readonly string[];
  /** Whether one secret input makes every output secret. */
  readonly spreadsSecrets?: boolean;
  /** Whether a create that failed half-way leaves the object in the state. */
  readonly failureKeepsState: boolean;
  readonly replacesWhen?: (olds: JsonRecord, news: JsonRecord) => readonly string[];
  /** Outputs that an update makes anew. */
  readonly renews?: (changed: ReadonlySet<string>) => readonly string[];
  /** What check adds to the inputs out of the provider's configuration and the inputs before. */
  readonly fill?: (inputs: JsonRecord, config: ProviderConfig, olds: JsonRecord) => JsonRecord;
  readonly check?: (inputs: JsonRecord) => readonly Problem[];
  /**
   * Whether the provider compares inputs with inputs, as azure-native does, and not with what the cloud said. A read
   * then changes only those inputs whose outputs have changed since the state was written.
   */
  readonly comparesInputs?: boolean;
  /** Inputs that the provider takes for the same although they are written differently. */
  readonly same?: (property: string, old: Json, fresh: Json) => boolean;
  /** What of an object the cloud tells its provider; all of it when left out. */
  readonly tells?: (properties: JsonRecord) => JsonRecord;
  /** Inputs, such as a group's rules, that are objects of their own too: a read brings them in only where the program gave them. */
  readonly maintains?: readonly string[];
  readonly create: (call: Call) => Answer<Created>;
  /** The object's own id, where an import names it in another way. */
  /** What its importer says where there is nothing, and others only tell that there is nothing. */
  readonly importFails?: (id: string) => string;
  readonly resolves?: (store: CloudStore, id: string) => string | undefined;
  /** Undefined when the object is gone. */
  readonly read: (call: Call, id: string, olds: JsonRecord) => Answer<JsonRecord | undefined>;
  readonly update: (call: Call, id: string, olds: JsonRecord) => Answer<JsonRecord>;
  readonly delete: (call: Call, id: string, olds: JsonRecord) => Answer<void>;
}

export type Invoke = (args: JsonRecord, config: ProviderConfig, store: CloudStore) => JsonRecord;

/** A provider: its resources and functions, and nothing else. */
export interface ProviderPackage {
  readonly name: string;
  readonly version: string;
  readonly resources: readonly ResourceType[];
  readonly invokes: Readonly<Record<string, Invoke>>;
  readonly configInputs: InputFields;
  readonly configRequired: readonly string[];
}
