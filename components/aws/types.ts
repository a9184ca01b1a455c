import type { EventRuleArgs, EventTargetArgs, LogGroupArgs, LogMetricFilterArgs, LogTransformerArgs, MetricAlarmArgs } from "@pulumi/aws/cloudwatch";
import type {
  FlowLogArgs,
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
import type { AssociationArgs, DocumentArgs, MaintenanceWindowArgs, MaintenanceWindowTargetArgs, MaintenanceWindowTaskArgs, ParameterArgs } from "@pulumi/aws/ssm";
import type { SecurityGroupEgressRuleArgs, SecurityGroupIngressRuleArgs } from "@pulumi/aws/vpc";
import type { CommonTypes } from "../fleet/types";
import { planner, type PlannedOf } from "../graph/planned";
import { RESOURCE_TAG } from "./naming";

/** Every type that a fleet in AWS is made of, with its arguments: plans are checked against the provider's own types. */
export interface AwsTypes extends CommonTypes {
  "aws:cloudwatch/eventRule:EventRule": EventRuleArgs;
  "aws:cloudwatch/eventTarget:EventTarget": EventTargetArgs;
  "aws:cloudwatch/logGroup:LogGroup": LogGroupArgs;
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": LogMetricFilterArgs;
  "aws:cloudwatch/logTransformer:LogTransformer": LogTransformerArgs;
  "aws:cloudwatch/metricAlarm:MetricAlarm": MetricAlarmArgs;
  "aws:ec2/flowLog:FlowLog": FlowLogArgs;
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
  "aws:ssm/maintenanceWindow:MaintenanceWindow": MaintenanceWindowArgs;
  "aws:ssm/maintenanceWindowTarget:MaintenanceWindowTarget": MaintenanceWindowTargetArgs;
  "aws:ssm/maintenanceWindowTask:MaintenanceWindowTask": MaintenanceWindowTaskArgs;
  "aws:ssm/parameter:Parameter": ParameterArgs;
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": SecurityGroupEgressRuleArgs;
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": SecurityGroupIngressRuleArgs;
}

export type AwsPlanned = PlannedOf<AwsTypes>;

const planned = planner<AwsTypes>();

/** With the resource's own name among its tags: EC2 chooses ids by itself, and what a deployment has lost is found again by this. */
export const plan: typeof planned = (type, name, inputs, options) => planned(type, name, tagged(name, inputs), options);

function tagged<Inputs>(name: string, inputs: Inputs): Inputs {
  const { tags } = inputs as { readonly tags?: object };
  return tags === undefined ? inputs : { ...inputs, tags: { ...tags, [RESOURCE_TAG]: name } };
}
