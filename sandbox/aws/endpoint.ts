import { CloudError } from "../engine/failure";
import type { Call } from "../engine/resource";
import { ACCOUNT_ID } from "../store/account";
import { text, texts } from "../store/json";
import { oneOf } from "../engine/exclusive";
import { vpcEndpointInputs } from "./inputs/network";
import { subnetMustExist, vpcMustExist } from "./network";
import { arn, mustExist, newId, type Row } from "./row";
import { ROUTE_TABLE, SECURITY_GROUP, SUBNET, VPC_ENDPOINT } from "./types";

function validate(call: Call, self: string | undefined): void {
  const { inputs, store } = call;
  const vpcId = text(inputs["vpcId"]);
  vpcMustExist(call, vpcId);
  for (const id of texts(inputs["securityGroupIds"])) mustExist(call, SECURITY_GROUP, id, "InvalidGroup.NotFound", "security group");
  for (const id of texts(inputs["subnetIds"])) subnetMustExist(call, id);
  // A route table of an existing VPC is not among the objects; only its shape can be judged.
  for (const id of texts(inputs["routeTableIds"])) {
    if (store.list(ROUTE_TABLE).some((one) => one.properties["vpcId"] === vpcId)) mustExist(call, ROUTE_TABLE, id, "InvalidRouteTableId.NotFound", "routeTable ID");
  }
  const service = text(inputs["serviceName"]);
  if (service !== "" && !service.startsWith(`com.amazonaws.${call.config.region}.`) && !service.startsWith("aws.")) {
    throw new CloudError("InvalidServiceName", `The Vpc Endpoint Service '${service}' does not exist`);
  }
  const zones = texts(inputs["subnetIds"]).map((id) => text(store.get(SUBNET, id)?.properties["availabilityZone"])).filter((zone) => zone !== "");
  if (new Set(zones).size < zones.length) throw new CloudError("DuplicateSubnetsInSameZone", "Found another VPC endpoint subnet in the availability zone");
  const twin = store.list(VPC_ENDPOINT).find(({ id, properties }) =>
    id !== self && properties["vpcId"] === vpcId && properties["serviceName"] === service && properties["privateDnsEnabled"] === true && inputs["privateDnsEnabled"] === true);
  if (twin !== undefined) throw new CloudError("InvalidParameter", `private-dns-enabled cannot be set because there is already a conflicting DNS domain for ${service} in the VPC ${vpcId}`);
}

// internal/service/ec2/vpc_endpoint.go
const vpcEndpoint: Row = {
  token: VPC_ENDPOINT,
  title: "EC2 VPC Endpoint",
  inputs: vpcEndpointInputs,
  replaces: ["dnsOptions.privateDnsPreference", "dnsOptions.privateDnsSpecifiedDomains", "resourceConfigurationArn", "serviceName", "serviceNetworkArn", "serviceRegion", "vpcEndpointType", "vpcId"],
  sets: ["routeTableIds", "securityGroupIds", "subnetConfigurations", "subnetIds"],
  defaults: { vpcEndpointType: "Gateway" },
  outputs: ["arn", "cidrBlocks", "dnsEntries", "networkInterfaceIds", "ownerId", "policy", "prefixListId", "privateDnsEnabled", "requesterManaged", "routeTableIds", "securityGroupIds", "state", "subnetIds"],
  replacesWhen: (_olds, news) => (news["vpcEndpointType"] === "Interface" ? [] : ["privateDnsEnabled"]),
  check: (inputs) => [
    ...oneOf(inputs, "vpcEndpointType", ["Gateway", "GatewayLoadBalancer", "Interface", "Resource", "ServiceNetwork"]),
    ...(inputs["vpcEndpointType"] === "Gateway" && inputs["subnetIds"] !== undefined ? [{ property: "subnetIds", reason: "a Gateway endpoint takes route tables, not subnets" }] : []),
    ...(inputs["vpcEndpointType"] === "Interface" && inputs["routeTableIds"] !== undefined ? [{ property: "routeTableIds", reason: "an Interface endpoint takes subnets, not route tables" }] : []),
  ],
  identify: () => newId("vpce"),
  validate,
  compute: (call, id, olds) => ({
    arn: arn(call, "ec2", `vpc-endpoint/${id}`),
    ownerId: ACCOUNT_ID,
    cidrBlocks: [],
    dnsEntries: [{ dnsName: `${id}.${text(call.inputs["serviceName"]).split(".").reverse().join(".")}`, hostedZoneId: "ZSANDBOX" }],
    networkInterfaceIds: olds?.["networkInterfaceIds"] ?? texts(call.inputs["subnetIds"]).map(() => newId("eni")),
    policy: "",
    prefixListId: call.inputs["vpcEndpointType"] === "Gateway" ? "pl-6ea54007" : "",
    privateDnsEnabled: false,
    requesterManaged: false,
    routeTableIds: [],
    securityGroupIds: [],
    state: "available",
    subnetIds: [],
  }),
};

export const endpointRows: readonly Row[] = [vpcEndpoint];
