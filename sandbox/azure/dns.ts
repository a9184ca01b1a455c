import { parseAddress } from "../engine/cidr";
import { oneOf } from "../engine/exclusive";
import type { Call } from "../engine/resource";
import { readAccount } from "../store/account";
import { records, text, whole } from "../store/json";
import { armId, sameArmId } from "./arm-id";
import { armError } from "./failure";
import { copied } from "./group";
import { privateRecordSetInputs, recordSetInputs } from "./inputs/dns";
import { subscriptionOf } from "./place";
import type { AzureRow } from "./row";
import { PRIVATE_RECORD_SET, RECORD_SET } from "./types";

/** Zones are never made here: they are in the account or nowhere. */
function zoneId(call: Call, type: string, name: string): string {
  const id = armId(subscriptionOf(call), text(call.inputs["resourceGroupName"]), type, text(call.inputs[name]));
  const found = readAccount(call.store.root).existing.find((one) => sameArmId(one.id, id));
  if (found !== undefined) return found.id;
  throw armError(404, "ParentResourceNotFound", `Failed to perform 'write' on resource(s) of type '${type}/${text(call.inputs["recordType"])}', because the parent resource '${id}' could not be found.`);
}

function recordsMustFit(call: Call): void {
  const { inputs } = call;
  const wrong = records(inputs["aRecords"]).map((one) => text(one["ipv4Address"])).find((address) => parseAddress(address)?.kind !== "ipv4");
  if (wrong !== undefined) throw armError(400, "BadRequest", `The IPv4 address '${wrong}' is invalid.`);
  const ttl = whole(inputs["ttl"], -1);
  if (ttl < 0 || ttl > 2_147_483_647) throw armError(400, "BadRequest", `The TTL value of '${ttl}' is out of range.`);
  if (inputs["recordType"] === "A" && records(inputs["aRecords"]).length === 0) throw armError(400, "BadRequest", "The resource record set has no resource records.");
  const name = text(inputs["relativeRecordSetName"]);
  if (!/^(@|\*|(\*\.)?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*)$/.test(name)) throw armError(400, "BadRequest", `The domain name '${name}' is invalid.`);
}

interface Kind {
  readonly token: string;
  readonly title: string;
  readonly apiVersion: string;
  readonly inputs: AzureRow["inputs"];
  readonly zoneType: string;
  readonly zoneName: string;
  readonly types: readonly string[];
  readonly outputs: readonly string[];
}

const recordRow = ({ zoneType, zoneName, types, ...kind }: Kind): AzureRow => {
  const idOf = (call: Call): string => `${zoneId(call, zoneType, zoneName)}/${text(call.inputs["recordType"])}/${text(call.inputs["relativeRecordSetName"])}`;
  return {
    ...kind,
    path: ["resourceGroupName", zoneName, "recordType", "relativeRecordSetName"],
    replaces: [],
    autoName: copied("relativeRecordSetName"),
    check: (inputs) => oneOf(inputs, "recordType", types),
    identify: idOf,
    validate: recordsMustFit,
    compute: (call) => ({
      type: `${zoneType}/${text(call.inputs["recordType"])}`,
      fqdn: `${text(call.inputs["relativeRecordSetName"])}.${text(call.inputs[zoneName])}.`,
      ...(kind.token === PRIVATE_RECORD_SET ? { isAutoRegistered: false } : {}),
    }),
    longRunning: false,
  };
};

export const dnsRows: readonly AzureRow[] = [
  recordRow({
    token: PRIVATE_RECORD_SET,
    title: "Private Record Set",
    apiVersion: "2024-06-01",
    inputs: privateRecordSetInputs,
    zoneType: "Microsoft.Network/privateDnsZones",
    zoneName: "privateZoneName",
    types: ["A", "AAAA", "CNAME", "MX", "PTR", "SOA", "SRV", "TXT"],
    outputs: ["aRecords", "aaaaRecords", "cnameRecord", "etag", "fqdn", "isAutoRegistered", "metadata", "mxRecords", "name", "ptrRecords", "soaRecord", "srvRecords", "systemData", "ttl", "txtRecords", "type"],
  }),
  recordRow({
    token: RECORD_SET,
    title: "Record Set",
    apiVersion: "2023-07-01-preview",
    inputs: recordSetInputs,
    zoneType: "Microsoft.Network/dnszones",
    zoneName: "zoneName",
    types: ["A", "AAAA", "CAA", "CNAME", "DS", "MX", "NAPTR", "NS", "PTR", "SOA", "SRV", "TLSA", "TXT"],
    outputs: ["aRecords", "aaaaRecords", "caaRecords", "cnameRecord", "dsRecords", "etag", "fqdn", "metadata", "mxRecords", "name", "naptrRecords", "nsRecords", "provisioningState", "ptrRecords", "soaRecord", "srvRecords", "systemData", "targetResource", "tlsaRecords", "trafficManagementProfile", "ttl", "txtRecords", "type"],
  }),
];
