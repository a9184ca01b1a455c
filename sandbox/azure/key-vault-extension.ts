import { installCertificate, type Delivered } from "../guest/vault-agent";
import { record, records, text, texts, type JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { lastName } from "./arm-id";
import { admitsSubnet } from "./firewall";
import { windowsOf } from "./image";
import { subnetsOf } from "./interface-addresses";
import { interfacesOf } from "./machine-addresses";
import { objectsOf } from "./objects";
import { suffixes } from "./place";
import { identitiesOf, identityOn, roleGranted, SECRET_READERS } from "./roles";
import { CERTIFICATE, VAULT } from "./types";
import { SERVICE, vaultFirewall } from "./vault";

/** How often the extension tries before it gives up. Source: azure-compute-docs, key-vault-windows.md */
const TRIES = 25;
/** Between two tries; nobody waits here, a role that takes its time is asked about a later time. Unverified. Unit: ms */
const PAUSE = 30_000;
/** Settings that ended with 3.x. Source: as above */
const OLD_SETTINGS = ["linkOnRenewal", "requireInitialSync", "keyExportable"];

interface Observed {
  readonly vault: string;
  readonly certificate: string;
}

const secretUrl = (url: string): RegExpExecArray | null =>
  new RegExp(`^https://([A-Za-z0-9-]+)\\.(?:${suffixes("vault").map((suffix) => suffix.replaceAll(".", "\\.")).join("|")})/secrets/([A-Za-z0-9-]+)(?:/([0-9a-f]{32}))?/?$`).exec(url);

/** What is wrong with the settings in the eyes of this version of the extension. */
function settingsProblem(settings: JsonRecord, modern: boolean): string | undefined {
  const management = record(settings["secretsManagementSettings"]);
  const observed = records(management["observedCertificates"]);
  if (observed.length === 0) return "No observed certificates were found in the configuration.";
  const old = OLD_SETTINGS.find((key) => key in management || observed.some((one) => key in one));
  if (modern && old !== undefined) return `Unknown setting '${old}'.`;
  const interval = management["pollingIntervalInS"];
  if (interval !== undefined && typeof interval !== "string") return "The setting 'pollingIntervalInS' must be a string.";
  if (modern && interval !== undefined && (Number(interval) < 300 || Number(interval) > 3600)) return "The setting 'pollingIntervalInS' must be between 300 and 3600.";
  for (const one of observed) {
    const url = secretUrl(text(one["url"]));
    if (url === null) return `'${text(one["url"])}' is not the URL of a vault's secret.`;
    if (modern && url[3] !== undefined) return `'${text(one["url"])}' names a version.`;
    if (text(one["certificateStoreLocation"]) !== "LocalMachine") return `The certificate store location '${text(one["certificateStoreLocation"])}' is not known; it is case-sensitive.`;
    if (text(one["certificateStoreName"]).toUpperCase() !== "MY") return `The sandbox installs into MY only, not ${text(one["certificateStoreName"])}.`;
  }
  return undefined;
}

/** The identity that the extension asks for a token, or what the machine's metadata service says. */
function identityFor(store: CloudStore, machine: CloudObject, settings: JsonRecord): CloudObject | string {
  const clientId = text(record(settings["authenticationSettings"])["msiClientId"]);
  if (clientId === "" && identitiesOf(machine).length > 0) return "Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request.";
  return identityOn(store, machine, clientId) ?? "Identity not found";
}

/** A vault answers who comes from the right place with the right to read. */
function refusal(store: CloudStore, machine: CloudObject, identity: CloudObject, { vault, certificate }: Observed, at: number): string | undefined {
  const found = objectsOf(store, VAULT).find(({ id }) => lastName(id).toLowerCase() === vault.toLowerCase());
  if (found === undefined) return `The host name '${vault}' could not be resolved.`;
  const subnet = interfacesOf(store, machine).flatMap((nic) => subnetsOf(nic.properties))[0] ?? "";
  if (!admitsSubnet(store, vaultFirewall(found), subnet, SERVICE)) return `Forbidden (403): ForbiddenByFirewall: Client address is not authorized and caller is not a trusted service. Vault: ${vault}.`;
  const principal = text(identity.properties["principalId"]);
  const rights = record(found.properties["properties"]);
  const byPolicy = records(rights["accessPolicies"]).some((one) => one["objectId"] === principal && texts(record(one["permissions"])["secrets"]).some((right) => right.toLowerCase() === "get"));
  const allowed = rights["enableRbacAuthorization"] === true ? roleGranted(store, { principal, roles: SECRET_READERS, scope: found.id }, at) : byPolicy;
  if (!allowed) return `Forbidden (403): ForbiddenByRbac: Caller is not authorized to perform action on resource. Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'. Vault: ${vault}.`;
  if (store.get(CERTIFICATE, certificate) === undefined) return `Not Found (404): SecretNotFound: A secret with (name/id) ${certificate} was not found in this key vault. Vault: ${vault}.`;
  return undefined;
}

/**
 * Runs Microsoft.Azure.KeyVault's extension on a machine: certificates that it observes come into LocalMachine\My.
 *
 * @returns what the extension reports when it gives up, or nothing
 */
export function runKeyVaultExtension(store: CloudStore, machine: CloudObject, version: string, settings: JsonRecord): string | undefined {
  const modern = Number.parseInt(version, 10) >= 4;
  const windows = windowsOf(store, machine.properties);
  if (modern && Number(windows) < 2022) return `The extension's version ${version} does not install on Windows Server ${windows}.`;
  const problem = settingsProblem(settings, modern);
  if (problem !== undefined) return problem;
  const identity = identityFor(store, machine, settings);
  if (typeof identity === "string") return identity;
  for (const one of records(record(settings["secretsManagementSettings"])["observedCertificates"])) {
    const [, vault = "", certificate = ""] = secretUrl(text(one["url"])) ?? [];
    const refused = lastRefusal(store, machine, identity, { vault, certificate });
    const found = store.get(CERTIFICATE, certificate);
    const fault = refused ?? (found && installCertificate(store, text(machine.properties["vmId"]), delivered(found), modern));
    if (fault !== undefined) return `Failed to download one or more certificates after ${TRIES} tries. Refreshing '${text(one["url"])}' failed with exception: ${fault}`;
  }
  return undefined;
}

const delivered = ({ id, properties }: CloudObject): Delivered => ({ name: id, pfx: text(properties["pfx"]), password: text(properties["password"]) });

function lastRefusal(store: CloudStore, machine: CloudObject, identity: CloudObject, observed: Observed): string | undefined {
  let refused: string | undefined;
  for (let i = 0; i < TRIES; i += 1) {
    refused = refusal(store, machine, identity, observed, Date.now() + i * PAUSE);
    if (refused === undefined) return undefined;
  }
  return refused;
}
