import { ACCOUNT_ID } from "../store/account";
import { text } from "../store/json";
import { addressesOf } from "../aws/interface";
import { BUCKET_OBJECT, NETWORK_INTERFACE, SECRET } from "../aws/types";
import { bootMachine, type GuestMachine } from "../guest/windows";
import type { CloudObject, CloudStore } from "../store/store";
import { bucketDenies, instanceMay } from "./permissions";

function addresses(store: CloudStore, instance: CloudObject): readonly string[] {
  const nic = store.get(NETWORK_INTERFACE, text(instance.properties["primaryNetworkInterfaceId"]));
  return nic === undefined ? [] : addressesOf(nic.properties);
}

/** A new machine from its image, with what its user data does at first boot. */
export function bootWindows(store: CloudStore, instance: CloudObject): void {
  bootMachine(store, instance.id, addresses(store, instance), { name: text(instance.properties["ami"]), userData: text(instance.properties["userData"]) });
}

/** `web-1-instance` is the host web-1: faults name hosts as the program does. */
export const hostName = (instance: CloudObject): string => instance.name.replace(/-instance$/, "");

export const secretArn = (region: string, name: string, suffix: string): string => `arn:aws:secretsmanager:${region}:${ACCOUNT_ID}:secret:${name}-${suffix}`;

function readSecret(store: CloudStore, instanceId: string, region: string, name: string): string | undefined {
  const found = store.list(SECRET).find(({ id, properties }) => id === name || secretArn(region, id, text(properties["suffix"])) === name);
  if (found === undefined) return undefined;
  const arn = secretArn(region, found.id, text(found.properties["suffix"]));
  return instanceMay(store, instanceId, "secretsmanager:GetSecretValue", arn) ? text(found.properties["secretString"]) : undefined;
}

/** An object's text, as far as the instance's role may read it. */
export function readObject(store: CloudStore, instanceId: string, bucket: string, key: string): string | undefined {
  const arn = `arn:aws:s3:::${bucket}/${key}`;
  if (!instanceMay(store, instanceId, "s3:GetObject", arn) || bucketDenies(store, bucket, "s3:GetObject", arn)) return undefined;
  const object = store.get(BUCKET_OBJECT, `${bucket}/${key}`);
  return object === undefined ? undefined : text(object.properties["body"]);
}

/** An instance as its agent sees it. */
export const machineOf = (store: CloudStore, instance: CloudObject, region: string): GuestMachine => ({
  id: instance.id,
  host: hostName(instance),
  addresses: addresses(store, instance),
  nodeList: (setting) => {
    const found = readObject(store, instance.id, setting("NodesBucket"), setting("NodesKey"));
    return found === undefined ? undefined : { text: found };
  },
  secret: (name, setting) => readSecret(store, instance.id, setting("Region") || region, name),
});
