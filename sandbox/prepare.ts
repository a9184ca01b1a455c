import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { CONTROL_IDS } from "../components/controls/ids";
import { SECRET } from "./aws/types";
import { CERTIFICATE } from "./azure/types";
import { Authority } from "./authority";
import { readAccount } from "./store/account";
import { record, records, text, type Json, type JsonRecord } from "./store/json";
import { CloudStore } from "./store/store";

/** Passwords and keys of the sandbox can be told at sight, and found by a test wherever they do not belong. */
const CANARY = "CANARY-";

/** What a stack file says of the account, as `sandbox:<key>`. */
const LISTS = ["secrets", "certificates", "faults", "existing"] as const;
const REST = ["runner", "deployer", "imagesTrust"] as const;

/**
 * Makes the account that a stack deploys into: its secrets, its faults, what exists already.
 * A secret that is there stays as it is, so that a second deployment finds the same certificate.
 */
export function prepare(stackFile: string, cloudFolder: string): void {
  // The border to foreign YAML: only lists of records are taken from it.
  const config = record(record(parse(readFileSync(stackFile, "utf8")) as Json)["config"]);
  const list = (key: string): readonly Json[] => records(config[key]);
  const root = resolve(cloudFolder);
  const store = new CloudStore(root);
  for (const fault of list("sandbox:faults")) checkFault(fault, config);
  const lists = Object.fromEntries(LISTS.map((key) => [key, list(`sandbox:${key}`)]));
  const rest = Object.fromEntries(REST.flatMap((key) => (config[`sandbox:${key}`] === undefined ? [] : [[key, config[`sandbox:${key}`]]])));
  const account = { ...lists, ...rest };
  writeFileSync(join(root, "account.json"), `${JSON.stringify(account, undefined, 2)}\n`);
  prepareSecrets(store);
}

/** A fault that meets nothing would look like a host that stands anything. */
function checkFault(fault: Json, config: JsonRecord): void {
  const { audit, control } = record(fault);
  if (audit === undefined) return;
  const hosts = ["aws", "azure"].flatMap((cloud) => Object.keys(record(record(config[`secure-winrm:${cloud}`])["hosts"])));
  if (hosts.length > 0 && !hosts.includes(text(audit))) throw new Error(`sandbox:faults: audit names ${JSON.stringify(audit)}, which is no host; write one of ${hosts.join(", ")}`);
  if (control !== undefined && !CONTROL_IDS.some((id) => id === control)) {
    throw new Error(`sandbox:faults: control names ${JSON.stringify(control)}, which is no control; write one of ${CONTROL_IDS.join(", ")}`);
  }
}

/** Issues what `account.json` orders and is not there yet. */
export function prepareSecrets(store: CloudStore): void {
  const authority = new Authority(store.root);
  writeFileSync(join(store.root, "ca.pem"), authority.pem);
  const { secrets, certificates } = readAccount(store.root);
  for (const { name, dnsName } of secrets) {
    if (store.get(SECRET, name) !== undefined) continue;
    store.create({ type: SECRET, id: name, name: "", properties: { suffix: randomBytes(3).toString("hex"), secretString: JSON.stringify(issue(authority, dnsName)) } });
  }
  for (const { name, dnsName } of certificates) {
    if (store.get(CERTIFICATE, name) !== undefined) continue;
    store.create({ type: CERTIFICATE, id: name, name: "", properties: { dnsName, ...issue(authority, dnsName) } });
  }
}

function issue(authority: Authority, dnsName: string): { readonly pfx: string; readonly password: string } {
  const password = `${CANARY}${randomBytes(16).toString("hex")}`;
  return { pfx: authority.issuePfx(dnsName, password), password };
}

if (require.main === module) {
  const [stackFile, cloudFolder] = process.argv.slice(2);
  if (stackFile === undefined || cloudFolder === undefined) {
    process.stderr.write("usage: prepare.ts <stack file> <cloud folder>\n");
    process.exit(2);
  }
  try {
    prepare(stackFile, cloudFolder);
  } catch (error) {
    // A mistake in the file, told by its place; the trace would only show the parser.
    process.stderr.write(`${stackFile}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
