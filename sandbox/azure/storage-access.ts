import { text } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { lastName } from "./arm-id";
import { storageFirewall } from "./blob";
import { admitsSubnet } from "./firewall";
import { subnetsOf } from "./interface-addresses";
import { interfacesOf } from "./machine-addresses";
import { objectsOf } from "./objects";
import { suffixes } from "./place";
import { BLOB_READERS, BLOB_WRITERS, identityOn, roleGranted } from "./roles";
import { SERVICE } from "./storage";
import { BLOB, CONTAINER, STORAGE_ACCOUNT } from "./types";

/** A machine that asks for a blob with the token of one of its identities. */
export interface BlobRequest {
  readonly machine: CloudObject;
  /** Of the identity. */
  readonly clientId: string;
  readonly url: string;
}

export type BlobAnswer = { readonly text: string } | { readonly refused: string };

interface Place {
  readonly account: string;
  readonly container: string;
  readonly blob: string;
}

function parseUrl(url: string): Place | undefined {
  const hosts = suffixes("blob").map((suffix) => suffix.replaceAll(".", "\\.")).join("|");
  const [, account, container, blob] = new RegExp(`^https://([a-z0-9]{3,24})\\.(?:${hosts})/([a-z0-9-]+)/([^?#]+)$`).exec(url) ?? [];
  return account === undefined || container === undefined || blob === undefined ? undefined : { account, container, blob: decodeURIComponent(blob) };
}

/** The container of a blob, for who comes from the right subnet with the right role; else why not. */
function containerFor(store: CloudStore, { machine, clientId, url }: BlobRequest, roles: readonly string[]): { readonly container: CloudObject; readonly blob: string } | string {
  const place = parseUrl(url);
  if (place === undefined) return `'${url}' is not the URL of a blob.`;
  const identity = identityOn(store, machine, clientId);
  if (identity === undefined) return "Identity not found";
  const account = objectsOf(store, STORAGE_ACCOUNT).find(({ id }) => lastName(id) === place.account);
  if (account === undefined) return `The remote name could not be resolved: '${place.account}'`;
  const subnet = interfacesOf(store, machine).flatMap((nic) => subnetsOf(nic.properties))[0] ?? "";
  if (!admitsSubnet(store, storageFirewall(account), subnet, SERVICE)) return "403 AuthorizationFailure: This request is not authorized to perform this operation.";
  const scope = `${account.id}/blobServices/default/containers/${place.container}`;
  if (!roleGranted(store, { principal: text(identity.properties["principalId"]), roles, scope })) {
    return "403 AuthorizationPermissionMismatch: This request is not authorized to perform this operation using this permission.";
  }
  const container = objectsOf(store, CONTAINER).find(({ id }) => id.toLowerCase() === scope.toLowerCase());
  return container === undefined ? "404 ContainerNotFound: The specified container does not exist." : { container, blob: place.blob };
}

const blobId = (container: CloudObject, blob: string): string => `${container.id}/blobs/${encodeURIComponent(blob)}`;

export function readBlob(store: CloudStore, request: BlobRequest): BlobAnswer {
  const found = containerFor(store, request, BLOB_READERS);
  if (typeof found === "string") return { refused: found };
  const object = store.get(BLOB, blobId(found.container, found.blob));
  return object === undefined ? { refused: "404 BlobNotFound: The specified blob does not exist." } : { text: text(object.properties["body"]) };
}

/** Appends to a blob, which comes into being with the first text. @returns why not, or nothing */
export function appendBlob(store: CloudStore, request: BlobRequest, more: string): string | undefined {
  const found = containerFor(store, request, BLOB_WRITERS);
  if (typeof found === "string") return found;
  const id = blobId(found.container, found.blob);
  const old = store.get(BLOB, id);
  store.put({ type: BLOB, id, name: old?.name ?? "", properties: { ...old?.properties, name: found.blob, type: "Append", url: request.url, body: text(old?.properties["body"]) + more } });
  return undefined;
}
