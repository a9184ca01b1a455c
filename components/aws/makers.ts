import { EventRule, EventTarget, LogGroup, LogMetricFilter, LogTransformer, MetricAlarm } from "@pulumi/aws/cloudwatch";
import { FlowLog, Instance, ManagedPrefixList, NetworkInterface, RouteTable, RouteTableAssociation, SecurityGroup, Subnet, Vpc, VpcEndpoint } from "@pulumi/aws/ec2";
import { InstanceProfile, Role, RolePolicy, RolePolicyAttachment } from "@pulumi/aws/iam";
import { Record as DnsRecord } from "@pulumi/aws/route53";
import { Bucket, BucketObjectv2, BucketPolicy, BucketPublicAccessBlock } from "@pulumi/aws/s3";
import { Association, Document, MaintenanceWindow, MaintenanceWindowTarget, MaintenanceWindowTask, Parameter } from "@pulumi/aws/ssm";
import { SecurityGroupEgressRule, SecurityGroupIngressRule } from "@pulumi/aws/vpc";
import { commonClasses } from "../fleet/makers";
import { makersOf } from "../graph/realise";
import type { AwsTypes } from "./types";

export const makers = makersOf<AwsTypes>({
  ...commonClasses,
  "aws:cloudwatch/eventRule:EventRule": EventRule,
  "aws:cloudwatch/eventTarget:EventTarget": EventTarget,
  "aws:cloudwatch/logGroup:LogGroup": LogGroup,
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": LogMetricFilter,
  "aws:cloudwatch/logTransformer:LogTransformer": LogTransformer,
  "aws:cloudwatch/metricAlarm:MetricAlarm": MetricAlarm,
  "aws:ec2/flowLog:FlowLog": FlowLog,
  "aws:ec2/instance:Instance": Instance,
  "aws:ec2/managedPrefixList:ManagedPrefixList": ManagedPrefixList,
  "aws:ec2/networkInterface:NetworkInterface": NetworkInterface,
  "aws:ec2/routeTable:RouteTable": RouteTable,
  "aws:ec2/routeTableAssociation:RouteTableAssociation": RouteTableAssociation,
  "aws:ec2/securityGroup:SecurityGroup": SecurityGroup,
  "aws:ec2/subnet:Subnet": Subnet,
  "aws:ec2/vpc:Vpc": Vpc,
  "aws:ec2/vpcEndpoint:VpcEndpoint": VpcEndpoint,
  "aws:iam/instanceProfile:InstanceProfile": InstanceProfile,
  "aws:iam/role:Role": Role,
  "aws:iam/rolePolicy:RolePolicy": RolePolicy,
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": RolePolicyAttachment,
  "aws:route53/record:Record": DnsRecord,
  "aws:s3/bucket:Bucket": Bucket,
  "aws:s3/bucketObjectv2:BucketObjectv2": BucketObjectv2,
  "aws:s3/bucketPolicy:BucketPolicy": BucketPolicy,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": BucketPublicAccessBlock,
  "aws:ssm/association:Association": Association,
  "aws:ssm/document:Document": Document,
  "aws:ssm/maintenanceWindow:MaintenanceWindow": MaintenanceWindow,
  "aws:ssm/maintenanceWindowTarget:MaintenanceWindowTarget": MaintenanceWindowTarget,
  "aws:ssm/maintenanceWindowTask:MaintenanceWindowTask": MaintenanceWindowTask,
  "aws:ssm/parameter:Parameter": Parameter,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": SecurityGroupEgressRule,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": SecurityGroupIngressRule,
});
