import { CloudError } from "../engine/failure";
import type { Invoke, ProviderConfig } from "../engine/resource";
import { ACCOUNT_ID } from "../store/account";
import { text, type JsonRecord } from "../store/json";
import { SUBNET, VPC } from "./types";
import { findPlace } from "./network";
import { formatIpv4, type Block } from "../engine/cidr";

/** Refuses arguments that a function does not have. */
function strict(allowed: readonly string[], invoke: Invoke): Invoke {
  return (args, config, store) => {
    const strange = Object.keys(args).find((key) => !allowed.includes(key));
    if (strange !== undefined) throw new Error(`unknown argument ${strange}; there are ${allowed.join(", ")}`);
    return invoke(args, config, store);
  };
}

const cidr = (block: Block | undefined): string => (block === undefined ? "" : `${formatIpv4(block.first)}/${block.prefix}`);
const regionOf = (args: JsonRecord, config: ProviderConfig): string => text(args["region"]) || config.region;

export const invokes: Readonly<Record<string, Invoke>> = {
  "aws:index/getCallerIdentity:getCallerIdentity": strict(["id"], () => ({
    accountId: ACCOUNT_ID,
    arn: `arn:aws:iam::${ACCOUNT_ID}:user/sandbox`,
    id: ACCOUNT_ID,
    userId: "AIDASANDBOX",
  })),
  "aws:index/getRegion:getRegion": strict(["endpoint", "id", "name", "region"], (args, config) => {
    const region = regionOf(args, config);
    return { description: region, endpoint: `ec2.${region}.amazonaws.com`, id: region, name: region, region };
  }),
  "aws:index/getPartition:getPartition": strict(["id"], () => ({ dnsSuffix: "amazonaws.com", id: "aws", partition: "aws", reverseDnsPrefix: "com.amazonaws" })),
  "aws:ec2/getVpc:getVpc": strict(["id", "region"], (args, config, store) => {
    const found = findPlace(store, VPC, text(args["id"]));
    if (found === undefined) throw new CloudError("InvalidVpcID.NotFound", `no matching EC2 VPC found (${text(args["id"])})`);
    return { id: found.id, cidrBlock: cidr(found.block), region: regionOf(args, config), state: "available" };
  }),
  "aws:ec2/getSubnet:getSubnet": strict(["id", "region"], (args, config, store) => {
    const found = findPlace(store, SUBNET, text(args["id"]));
    if (found === undefined) throw new CloudError("InvalidSubnetID.NotFound", `no matching EC2 Subnet found (${text(args["id"])})`);
    return { id: found.id, vpcId: found.vpcId, cidrBlock: cidr(found.block), region: regionOf(args, config), state: "available" };
  }),
};
