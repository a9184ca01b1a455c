import { fixedTags, FLEET_TAG, PROFILE_TAG } from "../fleet/naming";
import { suffixed } from "../fleet/profiles";
import { joined, json, link } from "../graph/planned";
import type { GuestDocument } from "../guest/document";
import { RUN_PARAMETERS, renderScript, type RunParameter } from "../guest/render";
import type { SourceList } from "../network/sources";
import { certificateStatements } from "./certificate";
import { loggingStatements } from "./logging";
import { partition, tagsOf, type AwsFleetSettings } from "./naming";
import { plan, type AwsPlanned } from "./types";

export const INSTANCE_PROFILE = "aws-profile";
export const NODES_OBJECT = "aws-nodes-object";
const NODES_KEY = "nodes.json";
const BUCKET = "aws-nodes-bucket";
const SUFFIX = "aws-suffix";

/** IAM's names are the account's, in all regions. A name that is not made up by the provider is found again when its answer was lost. */
const hostsName = ({ fleet }: AwsFleetSettings) => joined(`${fleet.slice(0, 40)}-hosts-`, link(SUFFIX, "hex"));

/** What a host may do in AWS: be managed, read its certificate and the node list, write its audit output. */
export function role(settings: AwsFleetSettings): AwsPlanned[] {
  const { region } = settings.aws;
  return [
    plan("aws:iam/role:Role", "aws-role", {
      name: hostsName(settings),
      description: `Windows hosts of ${settings.fleet}`,
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
      }),
      tags: tagsOf(settings, "hosts"),
    }),
    plan("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "aws-role-ssm", {
      role: link("aws-role", "name"),
      policyArn: `arn:${partition(region)}:iam::aws:policy/AmazonSSMManagedInstanceCore`,
    }),
    plan("aws:iam/rolePolicy:RolePolicy", "aws-role-reads", {
      name: "reads",
      role: link("aws-role", "name"),
      policy: json({
        Version: "2012-10-17",
        Statement: [
          ...certificateStatements(settings),
          { Sid: "ReadNodes", Effect: "Allow", Action: "s3:GetObject", Resource: joined(link(BUCKET, "arn"), "/", NODES_KEY) },
          ...loggingStatements(),
        ],
      }),
    }),
    plan("aws:iam/instanceProfile:InstanceProfile", INSTANCE_PROFILE, { name: hostsName(settings), role: link("aws-role", "name"), tags: tagsOf(settings, "hosts") }),
  ];
}

/** The source list as hosts read it: an object, because a parameter ends at 8 KB. */
export function nodesObject(settings: AwsFleetSettings, sources: SourceList): AwsPlanned[] {
  return [
    // Bucket names are unique in the world, and a name that was just deleted may be taken: the suffix is random.
    plan("random:index/randomId:RandomId", SUFFIX, { byteLength: 4 }),
    plan("aws:s3/bucket:Bucket", BUCKET, {
      bucket: joined(`${settings.fleet.slice(0, 40)}-nodes-`, link(SUFFIX, "hex")),
      forceDestroy: true,
      tags: tagsOf(settings, "nodes"),
    }),
    plan("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", `${BUCKET}-private`, {
      bucket: link(BUCKET),
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    }),
    plan(
      "aws:s3/bucketPolicy:BucketPolicy",
      `${BUCKET}-tls`,
      {
        bucket: link(BUCKET),
        policy: json({
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "TlsOnly",
              Effect: "Deny",
              Principal: "*",
              Action: "s3:*",
              Resource: [link(BUCKET, "arn"), joined(link(BUCKET, "arn"), "/*")],
              Condition: { Bool: { "aws:SecureTransport": "false" } },
            },
          ],
        }),
      },
      { needs: [`${BUCKET}-private`] },
    ),
    plan("aws:s3/bucketObjectv2:BucketObjectv2", NODES_OBJECT, {
      bucket: link(BUCKET),
      key: NODES_KEY,
      content: sources.text,
      contentType: "application/json",
    }, { needs: [`${BUCKET}-tls`] }),
  ];
}

export const documentName = (profile: string): string => suffixed("aws-document", profile);

/** The Systems Manager document: guest document and script, the run's parameters typed so that nothing else fits. */
export function ssmDocument(settings: AwsFleetSettings, profile: string, document: GuestDocument, script: string): AwsPlanned {
  const constants = { Cloud: "aws", Region: settings.aws.region, NodesKey: NODES_KEY };
  const lines = renderScript(document, script, { ...constants, NodesBucket: BUCKET_MARK }, { kind: "substituted", parameters: substitutes });
  const [before = "", after = ""] = lines.join("\n").split(BUCKET_MARK);
  // One text with line ends in it: as a list of lines, each would cost three bytes more.
  const runCommand = [joined(before, link(BUCKET), after)];
  return plan("aws:ssm/document:Document", documentName(profile), {
    name: suffixed(`${settings.fleet}-winrm`, profile),
    documentType: "Command",
    documentFormat: "JSON",
    targetType: "/AWS::EC2::Instance",
    content: json({
      schemaVersion: "2.2",
      description: "Brings WinRM to the declared state, audits it, and says so in the last line",
      parameters: Object.fromEntries(Object.entries(RUN_PARAMETERS).map(([name, parameter]) => [name, ssmParameter(parameter)])),
      mainSteps: [
        {
          action: "aws:runPowerShellScript",
          name: "winrm",
          precondition: { StringEquals: ["platformType", "Windows"] },
          inputs: { timeoutSeconds: "1800", runCommand },
        },
      ],
    }),
    tags: tagsOf(settings, "winrm"),
  });
}

/** Stands where the bucket's name goes once the bucket has one. */
const BUCKET_MARK = "the-bucket-of-the-node-list";

const substitutes: Record<RunParameter, string> = {
  Mode: "{{ Mode }}",
  Run: "{{ Run }}",
  Nonce: "{{ Nonce }}",
  Gate: "{{ Gate }}",
  Host: "{{ Host }}",
  NodesHash: "{{ NodesHash }}",
};

function ssmParameter(parameter: (typeof RUN_PARAMETERS)[RunParameter]): object {
  return "values" in parameter
    ? { type: "String", allowedValues: parameter.values, default: parameter.default }
    : { type: "String", allowedPattern: parameter.pattern, default: parameter.default };
}

/** State Manager keeps the hosts in their proven state. It opens nothing: a host that has not been proven ignores it. */
export function keeper(settings: AwsFleetSettings, profile: string, sources: SourceList): AwsPlanned {
  return plan("aws:ssm/association:Association", suffixed("aws-keeper", profile), {
    name: link(documentName(profile), "name"),
    associationName: suffixed(`${settings.fleet}-winrm`, profile),
    targets: [
      { key: `tag:${FLEET_TAG}`, values: [settings.fleet] },
      { key: `tag:${PROFILE_TAG}`, values: [profile] },
    ],
    parameters: { Mode: "Apply", Run: "Maintenance", NodesHash: sources.hash },
    scheduleExpression: "rate(30 minutes)",
    complianceSeverity: "HIGH",
    maxConcurrency: "50",
    maxErrors: "100%",
    tags: fixedTags(settings, "keeper"),
  }, { needs: [NODES_OBJECT] });
}
