import type { InputFields } from "../../engine/shape";
import { REFERENCE } from "./reference";

const SOA = {
  "email?": "string",
  "expireTime?": "number",
  "host?": "string",
  "minimumTtl?": "number",
  "refreshTime?": "number",
  "retryTime?": "number",
  "serialNumber?": "number",
} satisfies InputFields;

/** Inputs as @pulumi/azure-native 3.28 types them; a test compares them with the typings. */
export const privateRecordSetInputs = {
  "aRecords?": [{ "ipv4Address?": "string" }],
  "aaaaRecords?": [{ "ipv6Address?": "string" }],
  "cnameRecord?": { "cname?": "string" },
  "metadata?": "string{}",
  "mxRecords?": [{ "exchange?": "string", "preference?": "number" }],
  privateZoneName: "string",
  "ptrRecords?": [{ "ptrdname?": "string" }],
  recordType: "string",
  "relativeRecordSetName?": "string",
  resourceGroupName: "string",
  "soaRecord?": SOA,
  "srvRecords?": [{ "port?": "number", "priority?": "number", "target?": "string", "weight?": "number" }],
  "ttl?": "number",
  "txtRecords?": [{ "value?": "string[]" }],
} satisfies InputFields;

export const recordSetInputs = {
  "aRecords?": [{ "ipv4Address?": "string" }],
  "aaaaRecords?": [{ "ipv6Address?": "string" }],
  "caaRecords?": [{ "flags?": "number", "tag?": "string", "value?": "string" }],
  "cnameRecord?": { "cname?": "string" },
  "dsRecords?": [{ "algorithm?": "number", "digest?": { "algorithmType?": "number", "value?": "string" }, "keyTag?": "number" }],
  "metadata?": "string{}",
  "mxRecords?": [{ "exchange?": "string", "preference?": "number" }],
  "naptrRecords?": [{ "flags?": "string", "order?": "number", "preference?": "number", "regexp?": "string", "replacement?": "string", "services?": "string" }],
  "nsRecords?": [{ "nsdname?": "string" }],
  "ptrRecords?": [{ "ptrdname?": "string" }],
  recordType: "string",
  "relativeRecordSetName?": "string",
  resourceGroupName: "string",
  "soaRecord?": SOA,
  "srvRecords?": [{ "port?": "number", "priority?": "number", "target?": "string", "weight?": "number" }],
  "targetResource?": REFERENCE,
  "tlsaRecords?": [{ "certAssociationData?": "string", "matchingType?": "number", "selector?": "number", "usage?": "number" }],
  "trafficManagementProfile?": REFERENCE,
  "ttl?": "number",
  "txtRecords?": [{ "value?": "string[]" }],
  zoneName: "string",
} satisfies InputFields;
