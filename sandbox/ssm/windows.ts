import { join } from "node:path";
import type { GuestCloud, HostState } from "../windows";
import { ACCOUNT_ID, readAccount, type AuditFault } from "../store/account";
import { parseJson, text } from "../store/json";
import { addressesOf } from "../aws/interface";
import { BUCKET_OBJECT, NETWORK_INTERFACE, SECRET } from "../aws/types";
import { readIfThere } from "../store/read";
import type { CloudObject, CloudStore } from "../store/store";
import { readGuestScript } from "./guest-script";
import { bucketDenies, instanceMay } from "./permissions";

/** The model is loaded when the first machine is touched: a preview, or a change of a tag, needs none. */
// eslint-disable-next-line @typescript-eslint/no-require-imports
const model = (): typeof import("../windows") => require("../windows") as typeof import("../windows");

/** The border to the model's own file: only this module writes and reads it. */
const parseState = (content: string): HostState => parseJson(content) as unknown as HostState;

function addresses(store: CloudStore, instance: CloudObject): readonly string[] {
  const nic = store.get(NETWORK_INTERFACE, text(instance.properties["primaryNetworkInterfaceId"]));
  return nic === undefined ? [] : addressesOf(nic.properties);
}

/** A new machine from its image, with what its user data does at first boot. */
export function bootWindows(store: CloudStore, instance: CloudObject): void {
  const { freshHost, bootHost } = model();
  const own = addresses(store, instance);
  const booted = bootHost(freshHost(text(instance.properties["ami"])), text(instance.properties["userData"]), own);
  // The account's images trust the organisation's own authority, as a company's images do.
  const authority = readIfThere(join(store.root, "ca.pem"));
  const root = authority === undefined ? [] : [authority.replace(/-----[A-Z ]+-----|\s/g, "")];
  const trusting = { ...booted, certificates: { ...booted.certificates, root: [...booted.certificates.root, ...root] } };
  store.writeHost(instance.id, JSON.stringify(trusting));
}

/** `web-1-instance` is the host web-1: faults name hosts as the program does. */
export const hostName = (instance: CloudObject): string => instance.name.replace(/-instance$/, "");

export function auditFaults(store: CloudStore, instance: CloudObject): readonly AuditFault[] {
  return readAccount(store.root).auditFaults.filter((fault) => fault.audit === hostName(instance));
}

export const secretArn = (region: string, name: string, suffix: string): string => `arn:aws:secretsmanager:${region}:${ACCOUNT_ID}:secret:${name}-${suffix}`;

function readSecret(store: CloudStore, instanceId: string, region: string, name: string): string | undefined {
  const found = store.list(SECRET).find(({ id, properties }) => id === name || secretArn(region, id, text(properties["suffix"])) === name);
  if (found === undefined) return undefined;
  const arn = secretArn(region, found.id, text(found.properties["suffix"]));
  return instanceMay(store, instanceId, "secretsmanager:GetSecretValue", arn) ? text(found.properties["secretString"]) : undefined;
}

function readNodes(store: CloudStore, instanceId: string, bucket: string, key: string): { readonly text: string } | undefined {
  const arn = `arn:aws:s3:::${bucket}/${key}`;
  if (!instanceMay(store, instanceId, "s3:GetObject", arn) || bucketDenies(store, bucket, "s3:GetObject", arn)) return undefined;
  const object = store.get(BUCKET_OBJECT, `${bucket}/${key}`);
  return object === undefined ? undefined : { text: text(object.properties["body"]) };
}

export interface Outcome {
  readonly output: string;
  readonly exitCode: number;
}

const NOT_OURS: Outcome = { output: "the sandbox runs no script but secure-winrm's own\n", exitCode: 1 };

/** Runs a rendered script on a machine, as its agent would: the machine's state and history are kept. */
export function runScript(store: CloudStore, instance: CloudObject, region: string, script: string): Outcome {
  const guest = readGuestScript(script);
  if (guest === undefined) return NOT_OURS;
  const { settings, document } = guest;
  const setting = (name: string): string => settings[name] ?? "";
  const stuck = auditFaults(store, instance).flatMap((fault) => fault.control ?? [])[0];
  const cloud: GuestCloud = {
    instanceId: instance.id,
    addresses: addresses(store, instance),
    nodeList: () => readNodes(store, instance.id, setting("NodesBucket"), setting("NodesKey")),
    secret: (name) => readSecret(store, instance.id, setting("Region") || region, name),
    now: new Date().toISOString(),
    ...(stuck === undefined ? {} : { stuck }),
  };
  const parameters = {
    Mode: setting("Mode"),
    Run: setting("Run"),
    Nonce: setting("Nonce"),
    Gate: setting("Gate"),
    Host: setting("HostParameters") || setting("Host"),
    NodesHash: setting("NodesHash"),
  };
  let outcome: Outcome = { output: "the machine is gone\n", exitCode: 1 };
  store.changeHost(instance.id, (content) => {
    const { state, output, exitCode } = model().runGuest(parseState(content), { document, parameters, cloud });
    outcome = { output, exitCode };
    return { state: JSON.stringify({ ...state, history: [] }), history: state.history.map((entry) => ({ ...entry })) };
  });
  return outcome;
}

