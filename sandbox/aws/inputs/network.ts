import type { InputFields } from "../../engine/shape";

/** Inputs as @pulumi/aws 7.48 types them; a test compares them with the typings. */
export const vpcInputs = {
  "assignGeneratedIpv6CidrBlock?": "boolean",
  "cidrBlock?": "string",
  "enableDnsHostnames?": "boolean",
  "enableDnsSupport?": "boolean",
  "enableNetworkAddressUsageMetrics?": "boolean",
  "instanceTenancy?": "string",
  "ipv4IpamPoolId?": "string",
  "ipv4NetmaskLength?": "number",
  "ipv6CidrBlock?": "string",
  "ipv6CidrBlockNetworkBorderGroup?": "string",
  "ipv6IpamPoolId?": "string",
  "ipv6NetmaskLength?": "number",
  "region?": "string",
  "tags?": "string{}",
} satisfies InputFields;

export const subnetInputs = {
  "assignIpv6AddressOnCreation?": "boolean",
  "availabilityZone?": "string",
  "availabilityZoneId?": "string",
  "cidrBlock?": "string",
  "customerOwnedIpv4Pool?": "string",
  "enableDns64?": "boolean",
  "enableLniAtDeviceIndex?": "number",
  "enableResourceNameDnsARecordOnLaunch?": "boolean",
  "enableResourceNameDnsAaaaRecordOnLaunch?": "boolean",
  "ipv4IpamPoolId?": "string",
  "ipv4NetmaskLength?": "number",
  "ipv6CidrBlock?": "string",
  "ipv6IpamPoolId?": "string",
  "ipv6Native?": "boolean",
  "ipv6NetmaskLength?": "number",
  "mapCustomerOwnedIpOnLaunch?": "boolean",
  "mapPublicIpOnLaunch?": "boolean",
  "outpostArn?": "string",
  "privateDnsHostnameTypeOnLaunch?": "string",
  "region?": "string",
  "tags?": "string{}",
  vpcId: "string",
} satisfies InputFields;

export const routeTableInputs = {
  "propagatingVgws?": "string[]",
  "region?": "string",
  "routes?": [{
    "carrierGatewayId?": "string",
    "cidrBlock?": "string",
    "coreNetworkArn?": "string",
    "destinationPrefixListId?": "string",
    "egressOnlyGatewayId?": "string",
    "gatewayId?": "string",
    "ipv6CidrBlock?": "string",
    "localGatewayId?": "string",
    "natGatewayId?": "string",
    "networkInterfaceId?": "string",
    "odbNetworkArn?": "string",
    "transitGatewayId?": "string",
    "vpcEndpointId?": "string",
    "vpcPeeringConnectionId?": "string",
  }],
  "tags?": "string{}",
  vpcId: "string",
} satisfies InputFields;

export const routeTableAssociationInputs = { "gatewayId?": "string", "region?": "string", routeTableId: "string", "subnetId?": "string" } satisfies InputFields;

export const vpcEndpointInputs = {
  "autoAccept?": "boolean",
  "dnsOptions?": {
    "dnsRecordIpType?": "string",
    "privateDnsOnlyForInboundResolverEndpoint?": "boolean",
    "privateDnsPreference?": "string",
    "privateDnsSpecifiedDomains?": "string[]",
  },
  "ipAddressType?": "string",
  "policy?": "string",
  "privateDnsEnabled?": "boolean",
  "region?": "string",
  "resourceConfigurationArn?": "string",
  "routeTableIds?": "string[]",
  "securityGroupIds?": "string[]",
  "serviceName?": "string",
  "serviceNetworkArn?": "string",
  "serviceRegion?": "string",
  "subnetConfigurations?": [{ "ipv4?": "string", "ipv6?": "string", "subnetId?": "string" }],
  "subnetIds?": "string[]",
  "tags?": "string{}",
  "vpcEndpointType?": "string",
  vpcId: "string",
} satisfies InputFields;
