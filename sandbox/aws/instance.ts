import { CloudError } from "../engine/failure";
import type { Call } from "../engine/resource";
import type { Problem } from "../engine/shape";
import { isUnknown } from "../engine/values";
import { equal, record, text, texts, type JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { runTargets } from "../ssm/association";
import { bootWindows } from "../ssm/windows";
import { alone, oneOf, pattern } from "../engine/exclusive";
import { instanceInputs } from "./inputs/compute";
import { addressesOf, attach, attachedTo, freeAddress } from "./interface";
import { subnetMustExist } from "./network";
import { arn, mustExist, newId, type Row } from "./row";
import { INSTANCE, INSTANCE_PROFILE, NETWORK_INTERFACE } from "./types";

const USER_DATA_BYTES = 16 * 1024;
/** ConflictsWith of primary_network_interface in internal/service/ec2/ec2_instance.go: they belong to the interface then. */
const INTERFACE_OWNS = ["associatePublicIpAddress", "enablePrimaryIpv6", "ipv6AddressCount", "ipv6Addresses", "networkInterfaces", "privateIp", "secondaryPrivateIps", "securityGroups", "sourceDestCheck", "subnetId", "vpcSecurityGroupIds"] as const;

export const interfaceOf = (properties: JsonRecord): string => text(record(properties["primaryNetworkInterface"])["networkInterfaceId"]);

function checkMetadata(options: JsonRecord): Problem[] {
  const limit = options["httpPutResponseHopLimit"];
  const at = (problem: Problem): Problem => ({ ...problem, property: `metadataOptions.${problem.property}` });
  return [
    ...["httpEndpoint", "httpProtocolIpv6", "instanceMetadataTags"].flatMap((key) => oneOf(options, key, ["disabled", "enabled"])),
    ...oneOf(options, "httpTokens", ["optional", "required"]),
    ...(typeof limit === "number" && (limit < 1 || limit > 64) ? [{ property: "httpPutResponseHopLimit", reason: `expected to be in the range (1 - 64), got ${limit}` }] : []),
  ].map(at);
}

function check(inputs: JsonRecord): Problem[] {
  const data = text(inputs["userData"]);
  const bytes = isUnknown(data) ? 0 : Buffer.byteLength(data);
  const encoded = inputs["userDataBase64"];
  return [
    ...(inputs["ami"] === undefined && inputs["launchTemplate"] === undefined ? [{ property: "ami", reason: "one of `ami,launchTemplate` must be specified" }] : []),
    ...(inputs["instanceType"] === undefined && inputs["launchTemplate"] === undefined ? [{ property: "instanceType", reason: "one of `instanceType,launchTemplate` must be specified" }] : []),
    ...pattern(inputs, "ami", /^ami-([0-9a-f]{8}|[0-9a-f]{17})$/, "is not the id of an AMI"),
    ...pattern(inputs, "instanceType", /^[a-z][a-z0-9-]*\d[a-z0-9-]*\.[a-z0-9-]+$/, "is not an instance type"),
    ...alone(inputs, "userData", ["userDataBase64"]),
    ...alone(inputs, "primaryNetworkInterface", INTERFACE_OWNS),
    ...(bytes > USER_DATA_BYTES ? [{ property: "userData", reason: `has ${bytes} bytes; user data ends at ${USER_DATA_BYTES}` }] : []),
    ...(typeof encoded === "string" && Buffer.from(encoded, "base64").length > USER_DATA_BYTES ? [{ property: "userDataBase64", reason: `is above ${USER_DATA_BYTES} bytes` }] : []),
    ...checkMetadata(record(inputs["metadataOptions"])),
    ...oneOf(record(inputs["rootBlockDevice"]), "volumeType", ["gp2", "gp3", "io1", "io2", "sc1", "st1", "standard"]).map((problem) => ({ ...problem, property: "rootBlockDevice.volumeType" })),
  ];
}

function validate(call: Call, self: string | undefined): void {
  const { inputs } = call;
  const nicId = interfaceOf(inputs);
  if (nicId !== "") {
    const nic = mustExist(call, NETWORK_INTERFACE, nicId, "InvalidNetworkInterfaceID.NotFound", "networkInterface ID");
    const holder = attachedTo(nic);
    if (holder !== "" && holder !== self) throw new CloudError("InvalidNetworkInterface.InUse", `Interface: [${nicId}] in use.`);
  } else if (text(inputs["subnetId"]) === "") {
    throw new CloudError("MissingInput", "No subnets found for the default VPC. Please specify a subnet.");
  } else {
    subnetMustExist(call, text(inputs["subnetId"]));
  }
  const profile = text(inputs["iamInstanceProfile"]);
  if (profile !== "" && call.store.get(INSTANCE_PROFILE, profile) === undefined) {
    throw new CloudError("InvalidParameterValue", `Value (${profile}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name`);
  }
}

/** An instance without an interface of its own gets one, which goes with it. */
function ownInterface(call: Call, id: string): string {
  const { store, inputs } = call;
  const subnetId = text(inputs["subnetId"]);
  const address = text(inputs["privateIp"]) || freeAddress(call, subnetId);
  const nic = newId("eni");
  const attachments = [{ attachmentId: newId("eni-attach"), deviceIndex: 0, instance: id, networkCardIndex: 0 }];
  store.create({
    type: NETWORK_INTERFACE,
    id: nic,
    name: "",
    properties: { subnetId, privateIp: address, privateIps: [address], privateIpLists: [address], securityGroups: texts(inputs["vpcSecurityGroupIds"]), attachments },
  });
  return nic;
}

function compute(call: Call, id: string, olds: JsonRecord | undefined): JsonRecord {
  const given = interfaceOf(call.inputs);
  const nicId = given !== "" ? given : olds === undefined ? ownInterface(call, id) : text(olds["primaryNetworkInterfaceId"]);
  const nic = call.store.get(NETWORK_INTERFACE, nicId)?.properties ?? {};
  const addresses = addressesOf(nic);
  return {
    arn: arn(call, "ec2", `instance/${id}`),
    availabilityZone: `${call.config.region}a`,
    instanceState: "running",
    primaryNetworkInterfaceId: nicId,
    privateDns: `ip-${(addresses[0] ?? "").replaceAll(".", "-")}.${call.config.region}.compute.internal`,
    privateIp: addresses[0] ?? "",
    secondaryPrivateIps: addresses.slice(1),
    subnetId: text(nic["subnetId"]),
    vpcSecurityGroupIds: [...texts(nic["securityGroups"])],
    passwordData: "",
    publicDns: "",
    publicIp: "",
    launched: olds?.["launched"] ?? Date.now(),
  };
}

function remove(store: CloudStore, { id, properties }: CloudObject): void {
  const nic = text(properties["primaryNetworkInterfaceId"]);
  if (interfaceOf(properties) === "") store.remove(NETWORK_INTERFACE, nic);
  else attach(store, nic, undefined);
  store.removeHost(id);
}

const instance: Row = {
  token: INSTANCE,
  title: "EC2 Instance",
  inputs: instanceInputs,
  replaces: [
    "ami", "associatePublicIpAddress", "availabilityZone", "cpuOptions", "ebsOptimized", "enclaveOptions.enabled", "ephemeralBlockDevices", "hibernation", "hostId",
    "instanceMarketOptions", "ipv6AddressCount", "ipv6Addresses", "keyName", "launchTemplate.id", "launchTemplate.name", "networkInterfaces", "placementGroup", "placementGroupId",
    "primaryNetworkInterface", "privateIp", "rootBlockDevice.encrypted", "rootBlockDevice.kmsKeyId", "secondaryNetworkInterfaces", "securityGroups", "subnetId", "tenancy",
    ...["deleteOnTermination", "deviceName", "encrypted", "iops", "kmsKeyId", "snapshotId", "throughput", "volumeSize", "volumeType"].map((key) => `ebsBlockDevices.${key}`),
  ],
  sets: ["ebsBlockDevices", "ephemeralBlockDevices", "secondaryPrivateIps", "securityGroups", "vpcSecurityGroupIds"],
  defaults: { getPasswordData: false, userDataReplaceOnChange: false },
  outputs: ["arn", "availabilityZone", "instanceState", "passwordData", "primaryNetworkInterfaceId", "privateDns", "privateIp", "publicDns", "publicIp", "secondaryPrivateIps", "subnetId", "vpcSecurityGroupIds"],
  replacesWhen: (_olds, news) => (news["userDataReplaceOnChange"] === true ? ["userData", "userDataBase64"] : []),
  check,
  identify: () => newId("i"),
  validate,
  compute,
  after: (call, object, olds) => {
    if (olds === undefined) {
      attach(call.store, interfaceOf(object.properties), object.id);
      bootWindows(call.store, object);
    }
    // A new target, by its tags, is one that State Manager turns to at once.
    if (!equal(olds?.["tagsAll"], object.properties["tagsAll"])) runTargets(call.store, object.id, call.config.region);
  },
  inUse: (_store, { id, properties }) => {
    if (properties["disableApiTermination"] === true) {
      throw new CloudError("OperationNotPermitted", `The instance '${id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`);
    }
  },
  removed: remove,
};

export const instanceRows: readonly Row[] = [instance];
