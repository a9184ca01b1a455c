import type { LogGroupArgs } from "@pulumi/aws/cloudwatch";
import type {
  InstanceArgs,
  ManagedPrefixListArgs,
  NetworkInterfaceArgs,
  RouteTableArgs,
  RouteTableAssociationArgs,
  SecurityGroupArgs,
  SubnetArgs,
  VpcArgs,
  VpcEndpointArgs,
} from "@pulumi/aws/ec2";
import type { InstanceProfileArgs, RoleArgs, RolePolicyArgs, RolePolicyAttachmentArgs } from "@pulumi/aws/iam";
import type { RecordArgs } from "@pulumi/aws/route53";
import type { BucketArgs, BucketObjectv2Args, BucketPolicyArgs, BucketPublicAccessBlockArgs } from "@pulumi/aws/s3";
import type { AssociationArgs, DocumentArgs } from "@pulumi/aws/ssm";
import type { SecurityGroupEgressRuleArgs, SecurityGroupIngressRuleArgs } from "@pulumi/aws/vpc";
import type { local } from "@pulumi/command";
import type { RandomIdArgs } from "@pulumi/random";
import type { Planned } from "../graph/planned";

/** Every type that a fleet in AWS is made of, with its arguments: plans are checked against the provider's own types. */
export interface AwsTypes {
  "aws:cloudwatch/logGroup:LogGroup": LogGroupArgs;
  "aws:ec2/instance:Instance": InstanceArgs;
  "aws:ec2/managedPrefixList:ManagedPrefixList": ManagedPrefixListArgs;
  "aws:ec2/networkInterface:NetworkInterface": NetworkInterfaceArgs;
  "aws:ec2/routeTable:RouteTable": RouteTableArgs;
  "aws:ec2/routeTableAssociation:RouteTableAssociation": RouteTableAssociationArgs;
  "aws:ec2/securityGroup:SecurityGroup": SecurityGroupArgs;
  "aws:ec2/subnet:Subnet": SubnetArgs;
  "aws:ec2/vpc:Vpc": VpcArgs;
  "aws:ec2/vpcEndpoint:VpcEndpoint": VpcEndpointArgs;
  "aws:iam/instanceProfile:InstanceProfile": InstanceProfileArgs;
  "aws:iam/role:Role": RoleArgs;
  "aws:iam/rolePolicy:RolePolicy": RolePolicyArgs;
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": RolePolicyAttachmentArgs;
  "aws:route53/record:Record": RecordArgs;
  "aws:s3/bucket:Bucket": BucketArgs;
  "aws:s3/bucketObjectv2:BucketObjectv2": BucketObjectv2Args;
  "aws:s3/bucketPolicy:BucketPolicy": BucketPolicyArgs;
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": BucketPublicAccessBlockArgs;
  "aws:ssm/association:Association": AssociationArgs;
  "aws:ssm/document:Document": DocumentArgs;
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": SecurityGroupEgressRuleArgs;
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": SecurityGroupIngressRuleArgs;
  "command:local:Command": local.CommandArgs;
  "random:index/randomId:RandomId": RandomIdArgs;
}

export type AwsPlanned = { readonly [Type in keyof AwsTypes]: Planned<Type, AwsTypes[Type]> }[keyof AwsTypes];

type Options = Partial<Pick<Planned, "host" | "needs" | "deleteBeforeReplace" | "protect">>;

export function plan<Type extends keyof AwsTypes>(type: Type, name: string, inputs: AwsTypes[Type], options: Options = {}): AwsPlanned {
  // TypeScript cannot see that a union over Type of Planned<Type> holds Planned<Type> for one Type.
  return { type, name, inputs, needs: [], ...options } as unknown as AwsPlanned;
}
