import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse, stringify } from "yaml";
import { prepareSecrets } from "../../sandbox/prepare";
import { CloudStore } from "../../sandbox/store/store";
import { compiled } from "./compiled";

const ROOT = join(__dirname, "..", "..");
/** What engine tests run, and where: the folder of the project as the program sees it. */
export const PROGRAM = compiled(ROOT);
/** The engine that `npm test` has obtained; its folder is first on PATH. */
const VERSIONS = join(process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi"), "versions");

export interface Run {
  readonly code: number;
  readonly output: string;
}

export interface Fault {
  readonly [key: string]: string | number;
}

interface StateResource {
  readonly urn: string;
  readonly id?: string;
  readonly type: string;
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Record<string, unknown>;
  readonly pendingReplacement?: boolean;
  readonly delete?: boolean;
}

export interface State {
  readonly deployment: { readonly resources?: readonly StateResource[]; readonly pending_operations?: readonly unknown[] };
}

/**
 * A stack of its own on a real engine and the sandbox's providers: own project folder, backend, cloud.
 * `settings` are the stack file's keys without the project's prefix.
 */
export class EngineStack {
  readonly folder: string;
  readonly cloud: string;
  readonly #project: string;

  /** @param folder its own place, where it is to be the same each time */
  constructor(settings: object, account: { faults?: readonly Fault[]; trustedPublishers?: readonly string[]; existing?: object[] } = {}, folder?: string) {
    const base = join(ROOT, ".sandbox", "tests");
    mkdirSync(base, { recursive: true });
    this.folder = folder ?? mkdtempSync(join(base, "stack-"));
    this.cloud = join(this.folder, "cloud");
    this.#project = join(this.folder, "project");
    for (const path of [this.cloud, join(this.folder, "state"), join(this.#project, "stacks")]) mkdirSync(path, { recursive: true });
    this.#writeProject();
    this.#account = { ...this.#account, ...account };
    this.configure(settings);
  }

  /** The sandbox's project file, with its relative paths made absolute. */
  #writeProject(): void {
    const sandbox = join(PROGRAM, "sandbox");
    const project = parse(readFileSync(join(sandbox, "Pulumi.yaml"), "utf8")) as { plugins: { providers: { path: string }[] } } & Record<string, unknown>;
    for (const provider of project.plugins.providers) provider.path = join(sandbox, provider.path);
    writeFileSync(join(this.#project, "Pulumi.yaml"), stringify({ ...project, main: PROGRAM, runtime: { name: "nodejs", options: { typescript: false } }, stackConfigDir: "./stacks" }));
  }

  configure(settings: object, extra: Readonly<Record<string, string>> = {}): void {
    const file = join(this.#project, "stacks", "Pulumi.test.yaml");
    const kept = existsSync(file) ? (parse(readFileSync(file, "utf8")) as Record<string, unknown>) : {};
    const config = { "aws:region": "eu-central-1", ...azureProvider(settings), ...Object.fromEntries(Object.entries(settings).map(([key, value]) => [`secure-winrm:${key}`, value as unknown])), ...extra };
    // A date without quotes would be a time.
    writeFileSync(file, stringify({ ...kept, config }, { defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN" }));
    this.#account = { ...this.#account, secrets: secretsFor(settings), certificates: certificatesFor(settings) };
    this.#writeAccount();
  }

  #account: { secrets: object[]; certificates: object[]; faults: readonly Fault[]; existing: object[]; trustedPublishers?: readonly string[] } = {
    secrets: [],
    certificates: [],
    faults: [],
    existing: [{ type: "aws:route53/zone:Zone", id: "Z0SANDBOX0000" }],
  };

  faults(faults: readonly Fault[]): void {
    this.#account = { ...this.#account, faults };
    this.#writeAccount();
  }

  #writeAccount(): void {
    writeFileSync(join(this.cloud, "account.json"), JSON.stringify(this.#account));
    prepareSecrets(new CloudStore(this.cloud));
  }

  get environment(): NodeJS.ProcessEnv {
    const bins = existsSync(VERSIONS) ? [join(VERSIONS, "3.200.0", "bin")] : [];
    return {
      ...process.env,
      PATH: [...bins, process.env["PATH"] ?? ""].join(delimiter),
      PULUMI_BACKEND_URL: `file://${join(this.folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
      SECURE_WINRM_SANDBOX: this.cloud,
      // A host that never answers is given up after seconds; a machine with much to do at once may be given more.
      SECURE_WINRM_TIMEOUT_MINUTES: process.env["SECURE_WINRM_TEST_MINUTES"] ?? "0.25",
      SECURE_WINRM_STATE: join(this.folder, "state"),
      SECURE_WINRM_RECOVERY: join(this.folder, "recovery"),
    };
  }

  pulumi(...args: string[]): Promise<Run> {
    return run("pulumi", ["-C", this.#project, ...args, "--non-interactive"], this.environment, PROGRAM);
  }

  async init(): Promise<this> {
    const made = await this.pulumi("stack", "init", "test");
    if (made.code !== 0) throw new Error(made.output);
    return this;
  }

  up(...args: string[]): Promise<Run> {
    return this.pulumi("up", "--stack", "test", "--yes", "--skip-preview", "--continue-on-error", "--suppress-outputs", ...args);
  }

  refresh(): Promise<Run> {
    return this.pulumi("refresh", "--stack", "test", "--yes", "--skip-preview");
  }

  destroy(): Promise<Run> {
    return this.pulumi("destroy", "--stack", "test", "--yes", "--skip-preview", "--continue-on-error");
  }

  recover(): Promise<Run> {
    return run(process.execPath, [join("cli", "main.js"), "recover", "--stack", "test", "--cwd", this.#project, "--yes"], this.environment, PROGRAM);
  }

  /** Waits until a deployment holds the stack; its process id. */
  async lockedBy(): Promise<number> {
    const folder = join(this.folder, "state", ".pulumi", "locks", "organization", "secure-winrm", "test");
    for (let i = 0; i < 600; i++) {
      const name = existsSync(folder) ? readdirSync(folder).find((one) => one.endsWith(".json")) : undefined;
      if (name !== undefined) return (JSON.parse(readFileSync(join(folder, name), "utf8")) as { pid: number }).pid;
      await sleep(50);
    }
    throw new Error("nobody has locked the stack within half a minute");
  }

  /** Whether the state's file can be read: an engine whose disk is full leaves half of one. */
  isWhole(): boolean {
    try {
      return typeof JSON.parse(readFileSync(join(this.folder, "state", ".pulumi", "stacks", "secure-winrm", "test.json"), "utf8")) === "object";
    } catch {
      return false;
    }
  }

  async state(): Promise<State> {
    const { code, output } = await this.pulumi("stack", "export", "--stack", "test");
    if (code !== 0) throw new Error(output);
    return JSON.parse(output) as State;
  }

  /** What the cloud was asked to do, one entry a line, in order. */
  events(): { op: string; type: string; id: string; name?: string }[] {
    const file = join(this.cloud, "events.jsonl");
    if (!existsSync(file)) return [];
    return readFileSync(file, "utf8").trim().split("\n").filter(Boolean).map((line) => JSON.parse(line) as { op: string; type: string; id: string; name?: string });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const resourcesOf = async (stack: EngineStack): Promise<readonly StateResource[]> => (await stack.state()).deployment.resources ?? [];

/** The provider is told where it works, as in a user's stack file. */
function azureProvider(settings: object): Record<string, string | undefined> {
  const { azure } = settings as { azure?: { location?: string; subscription?: string; tenant?: string } };
  return azure === undefined ? {} : { "azure-native:location": azure.location, "azure-native:subscriptionId": azure.subscription, "azure-native:tenantId": azure.tenant };
}

/** Every host's certificate in Azure, as a careful user's pipeline puts it into vaults. */
function certificatesFor(settings: object): object[] {
  const { azure } = settings as { azure?: { hosts?: Record<string, { dnsName?: string; certificate?: string }>; vault?: { certificate?: string } } };
  return Object.entries(azure?.hosts ?? {}).map(([host, { dnsName, certificate }]) => ({
    name: (certificate ?? azure?.vault?.certificate ?? "winrm-{host}").replaceAll("{host}", host),
    dnsName,
  }));
}

/** Every host's certificate secret in AWS. */
function secretsFor(settings: object): object[] {
  const { aws, certificate } = settings as { aws?: { hosts?: Record<string, { dnsName?: string; certificateSecret?: string }> }; certificate?: { secret?: string } };
  return Object.entries(aws?.hosts ?? {}).map(([host, { dnsName, certificateSecret }]) => ({
    name: (certificateSecret ?? certificate?.secret ?? "winrm/{host}").replaceAll("{host}", host),
    dnsName,
  }));
}

export function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv, cwd = ROOT): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (data: Buffer) => (output += data.toString()));
    child.stderr.on("data", (data: Buffer) => (output += data.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? -1, output }));
  });
}
