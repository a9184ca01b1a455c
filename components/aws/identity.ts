import { idFrom, idIs, type Identify } from "../fleet/identity";
import type { CommonTypes } from "../fleet/types";
import type { AwsTypes } from "./types";

export const RULE = "security-group-rule";
const tagged = (kind: string): Identify => () => ({ by: "tag", kind });
const separated = (separator: string, ...keys: readonly string[]): Identify => idFrom(keys, (values) => values.join(separator));

/** What a window holds has an id that Systems Manager has chosen, and a name of its own in there. */
const partOfWindow = (part: "target" | "task"): Identify =>
  (inputs) => {
    const [window, name] = [idIs("windowId")(inputs), idIs("name")(inputs)];
    return window?.by === "id" && name?.by === "id" ? { by: "window-part", part, window: window.id, name: name.id } : undefined;
  };

/** Ids as `pulumi import` takes them (provider's documentation, Import of each type); kinds are EC2's `ResourceType`. */
export const AWS_IDENTITIES: { readonly [Type in Exclude<keyof AwsTypes, keyof CommonTypes>]: Identify } = {
  "aws:cloudwatch/eventRule:EventRule": idIs("name"),
  "aws:cloudwatch/eventTarget:EventTarget": separated("/", "rule", "targetId"),
  "aws:cloudwatch/logGroup:LogGroup": idIs("name"),
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": separated(":", "logGroupName", "name"),
  "aws:cloudwatch/logTransformer:LogTransformer": idIs("logGroupArn"),
  "aws:cloudwatch/metricAlarm:MetricAlarm": idIs("name"),
  "aws:ec2/flowLog:FlowLog": tagged("vpc-flow-log"),
  "aws:ec2/instance:Instance": tagged("instance"),
  "aws:ec2/managedPrefixList:ManagedPrefixList": tagged("prefix-list"),
  "aws:ec2/networkInterface:NetworkInterface": tagged("network-interface"),
  "aws:ec2/routeTable:RouteTable": tagged("route-table"),
  "aws:ec2/routeTableAssociation:RouteTableAssociation": separated("/", "subnetId", "routeTableId"),
  "aws:ec2/securityGroup:SecurityGroup": tagged("security-group"),
  "aws:ec2/subnet:Subnet": tagged("subnet"),
  "aws:ec2/vpc:Vpc": tagged("vpc"),
  "aws:ec2/vpcEndpoint:VpcEndpoint": tagged("vpc-endpoint"),
  "aws:iam/instanceProfile:InstanceProfile": idIs("name"),
  "aws:iam/role:Role": idIs("name"),
  "aws:iam/rolePolicy:RolePolicy": separated(":", "role", "name"),
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": separated("/", "role", "policyArn"),
  "aws:route53/record:Record": separated("_", "zoneId", "name", "type"),
  "aws:s3/bucket:Bucket": idIs("bucket"),
  "aws:s3/bucketObjectv2:BucketObjectv2": separated("/", "bucket", "key"),
  "aws:s3/bucketPolicy:BucketPolicy": idIs("bucket"),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": idIs("bucket"),
  "aws:ssm/association:Association": ({ associationName }) => (typeof associationName === "string" ? { by: "association", name: associationName } : undefined),
  "aws:ssm/document:Document": idIs("name"),
  "aws:ssm/maintenanceWindow:MaintenanceWindow": ({ name }) => (typeof name === "string" ? { by: "window", name } : undefined),
  "aws:ssm/maintenanceWindowTarget:MaintenanceWindowTarget": partOfWindow("target"),
  "aws:ssm/maintenanceWindowTask:MaintenanceWindowTask": partOfWindow("task"),
  "aws:ssm/parameter:Parameter": idIs("name"),
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": tagged(RULE),
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": tagged(RULE),
};

/** EC2's types, and what they are in Pulumi; a rule's type does not say which of two it is. */
export const AWS_KINDS: ReadonlyMap<string, string> = new Map(
  Object.entries(AWS_IDENTITIES).flatMap(([type, identify]) => {
    const identity = identify({});
    return identity?.by === "tag" && identity.kind !== RULE ? [[identity.kind, type]] : [];
  }),
);
