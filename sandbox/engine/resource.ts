import type { JsonRecord } from "../store/json";
import type { CloudStore } from "../store/store";
import type { InputFields, Problem } from "./shape";

/** What the provider was configured with. */
export interface ProviderConfig {
  readonly region: string;
  readonly defaultTags: Readonly<Record<string, string>>;
}

/** One operation on one resource. `inputs` are plain: no secrets' wrappers, no references. */
export interface Call {
  readonly store: CloudStore;
  readonly config: ProviderConfig;
  readonly urn: string;
  /** Logical name in the program. */
  readonly name: string;
  readonly inputs: JsonRecord;
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
  /** False for names that are the logical name as it is. */
  readonly random?: boolean;
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
  readonly check?: (inputs: JsonRecord) => readonly Problem[];
  readonly create: (call: Call) => Answer<Created>;
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
