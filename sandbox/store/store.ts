import { createHash, randomBytes } from "node:crypto";
import { appendFileSync, existsSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseRecord, record, text, type Json, type JsonRecord } from "./json";
import { withLock } from "./lock";
import { readIfThere } from "./read";

/** Something that exists in the sandbox's cloud. */
export interface CloudObject {
  readonly type: string;
  readonly id: string;
  /** Logical name of the resource that made it; empty for what the cloud has by itself. */
  readonly name: string;
  readonly properties: JsonRecord;
}

/** One call that changed the cloud, or that a host was sent. */
export interface CloudEvent {
  readonly op: "create" | "update" | "delete" | "send" | "restart" | "associate" | "invoke";
  readonly type: string;
  readonly id: string;
  readonly name?: string;
}

/** `aws:ec2/vpc:Vpc` is kept in the folder `aws.ec2.vpc`, `azure-native:network:Subnet` in `azure-native.network.Subnet`. */
export function typeSlug(type: string): string {
  const [, module = ""] = type.split(":");
  return type.split(":").slice(0, module.includes("/") ? 2 : 3).join(".").replaceAll("/", ".");
}

/** Ids hold slashes and colons; a file's name may have 255 bytes. */
function fileName(id: string): string {
  const name = encodeURIComponent(id);
  return name.length <= 180 ? `${name}.json` : `${name.slice(0, 140)}-${createHash("sha256").update(id).digest("hex").slice(0, 32)}.json`;
}

/**
 * The cloud's state on disk, one file an object, so that providers, endpoint and tests share it without a server.
 * A file appears whole or not at all (written beside, then linked or renamed): a killed process leaves no half object.
 */
export class CloudStore {
  constructor(readonly root: string) {
    mkdirSync(join(root, "objects"), { recursive: true });
    mkdirSync(join(root, "hosts"), { recursive: true });
  }

  private folder(type: string): string {
    return join(this.root, "objects", typeSlug(type));
  }

  private draft(value: object): string {
    const path = join(this.root, `.draft-${process.pid}-${randomBytes(6).toString("hex")}`);
    writeFileSync(path, `${JSON.stringify(value, undefined, 2)}\n`);
    return path;
  }

  get(type: string, id: string): CloudObject | undefined {
    if (id === "") return undefined;
    return readObject(join(this.folder(type), fileName(id)));
  }

  list(type: string): CloudObject[] {
    const folder = this.folder(type);
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .sort()
      .flatMap((name) => readObject(join(folder, name)) ?? []);
  }

  /** Every object of every type. */
  all(): CloudObject[] {
    return readdirSync(join(this.root, "objects"))
      .sort()
      .flatMap((slug) => {
        const folder = join(this.root, "objects", slug);
        return readdirSync(folder).sort().flatMap((name) => readObject(join(folder, name)) ?? []);
      });
  }

  /** False when an object of that type and id exists. */
  create(object: CloudObject): boolean {
    mkdirSync(this.folder(object.type), { recursive: true });
    const draft = this.draft(object);
    try {
      linkSync(draft, join(this.folder(object.type), fileName(object.id)));
      return true;
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
      throw error;
    } finally {
      rmSync(draft, { force: true });
    }
  }

  put(object: CloudObject): void {
    mkdirSync(this.folder(object.type), { recursive: true });
    renameSync(this.draft(object), join(this.folder(object.type), fileName(object.id)));
  }

  remove(type: string, id: string): void {
    rmSync(join(this.folder(type), fileName(id)), { force: true });
  }

  event(event: CloudEvent): void {
    appendFileSync(join(this.root, "events.jsonl"), `${JSON.stringify(event)}\n`);
  }

  readHost(id: string): string | undefined {
    return readIfThere(join(this.root, "hosts", `${id}.json`));
  }

  /** One run at a time on a host: State Manager works in one process, commands are sent by another. */
  changeHost(id: string, change: (state: string) => { readonly state: string; readonly history: readonly Json[] }): void {
    withLock(join(this.root, "hosts", `${id}.lock`), () => {
      const state = this.readHost(id);
      if (state === undefined) return;
      const changed = change(state);
      this.writeHost(id, changed.state);
      const lines = changed.history.map((entry) => `${JSON.stringify(entry)}\n`).join("");
      if (lines !== "") appendFileSync(join(this.root, "hosts", `${id}.history.jsonl`), lines);
    });
  }

  writeHost(id: string, state: string): void {
    const draft = join(this.root, `.draft-${process.pid}-${randomBytes(6).toString("hex")}`);
    writeFileSync(draft, state);
    renameSync(draft, join(this.root, "hosts", `${id}.json`));
  }

  removeHost(id: string): void {
    rmSync(join(this.root, "hosts", `${id}.json`), { force: true });
    rmSync(join(this.root, "hosts", `${id}.lock`), { force: true });
  }
}

function readObject(path: string): CloudObject | undefined {
  const content = readIfThere(path);
  if (content === undefined) return undefined;
  const value = parseRecord(content);
  return { type: text(value["type"]), id: text(value["id"]), name: text(value["name"]), properties: record(value["properties"]) };
}
