import { fixedTags, FLEET_TAG, PROFILE_TAG } from "../fleet/naming";
import { suffixed } from "../fleet/profiles";
import { joined, json, link } from "../graph/planned";
import { sha256 } from "../guest/canonical";
import type { GuestDocument } from "../guest/document";
import { FETCH_PARAMETERS, RUN_PARAMETERS, renderFetch, renderFixedFetch, renderScript, type RunParameter } from "../guest/render";
import type { Sign } from "../guest/signing";
import type { SourceList } from "../network/sources";
import { BUCKET, BUCKET_POLICY, NODES_KEY, NODES_OBJECT, SCRIPT_PREFIX } from "./bucket";
import { tagsOf, type AwsFleetSettings } from "./naming";
import { plan, type AwsPlanned } from "./types";

/** The texts that hosts run. */
export interface Scripts {
  /** The guest script. */
  readonly script: string;
  /** What a host in AWS fetches it with. */
  readonly fetch: string;
  /** Whatever is to be signed goes through it. @default - nothing is signed */
  readonly sign?: Sign;
}

export const documentName = (profile: string): string => suffixed("aws-document", profile);
export const scriptName = (profile: string): string => suffixed("aws-script", profile);

/** Stands where the bucket's name goes once the bucket has one. */
const BUCKET_MARK = "the-bucket-of-the-node-list";

/** Bucket names, as S3 has them. The file bears none, so that its hash is known before there is a bucket. */
const GIVEN = { NodesBucket: "^[a-z0-9.-]{3,63}$" };

const constantsOf = ({ aws, guest }: AwsFleetSettings) => ({
  Cloud: "aws",
  Region: aws.region,
  NodesKey: NODES_KEY,
  ...(aws.endpoints.s3 !== undefined && { S3Endpoint: aws.endpoints.s3 }),
  ...(aws.endpoints.secretsManager !== undefined && { SecretsEndpoint: aws.endpoints.secretsManager }),
  ...(guest.proxy !== undefined && { Proxy: guest.proxy }),
});

/**
 * Guest document and script as one file, which has no limit of size, and the Systems Manager document that fetches it. Its
 * name is the hash of its bytes: a new one is there before the document names it, and the old one goes after that.
 */
export function scriptAndDocument(settings: AwsFleetSettings, profile: string, document: GuestDocument, { script, fetch, sign = (text) => text }: Scripts): AwsPlanned[] {
  const file = sign(`${renderScript(document, script, constantsOf(settings), GIVEN).join("\n")}\n`);
  const hash = sha256(file);
  const key = `${SCRIPT_PREFIX}${hash.slice(0, 32)}.ps1`;
  const isSigned = settings.guest.signing !== undefined;
  return [
    plan("aws:s3/bucketObjectv2:BucketObjectv2", scriptName(profile), { bucket: link(BUCKET), key, content: file, contentType: "text/plain" }, { needs: [BUCKET_POLICY] }),
    plan("aws:ssm/document:Document", documentName(profile), {
      name: suffixed(`${settings.fleet}-winrm`, profile),
      documentType: "Command",
      documentFormat: "JSON",
      targetType: "/AWS::EC2::Instance",
      content: json({
        schemaVersion: "2.2",
        description: "Brings WinRM to the declared state, audits it, and says so in the last line",
        parameters: {
          ...Object.fromEntries(Object.entries(RUN_PARAMETERS).map(([name, parameter]) => [name, { ...ssmParameter(parameter), ...(isSigned && FROM_ENVIRONMENT) }])),
          ...(isSigned && fetchParameters(key, hash)),
        },
        mainSteps: [
          {
            action: "aws:runPowerShellScript",
            name: "winrm",
            precondition: { StringEquals: ["platformType", "Windows"] },
            // One text with line ends in it: as a list of lines, each would cost three bytes more.
            inputs: { timeoutSeconds: "1800", runCommand: [isSigned ? sign(`${renderFixedFetch(fetch, constantsOf(settings), { NodesBucket: FETCH_PARAMETERS.Bucket }).join("\n")}\n`) : fetchText(settings, key, hash, fetch)] },
          },
        ],
      }),
      tags: tagsOf(settings, "winrm"),
    }, { needs: [scriptName(profile)] }),
  ];
}

function fetchText(settings: AwsFleetSettings, key: string, hash: string, fetch: string) {
  const lines = renderFetch({ bucket: BUCKET_MARK, key, hash }, fetch, constantsOf(settings), { NodesBucket: BUCKET_MARK });
  const [before = "", between = "", after = ""] = lines.join("\n").split(BUCKET_MARK);
  return joined(before, link(BUCKET), between, link(BUCKET), after);
}

/** The agent then puts no value into the text. */
const FROM_ENVIRONMENT = { interpolationType: "ENV_VAR" };

/** One value each: whoever may start the document may not choose what it runs. */
function fetchParameters(key: string, hash: string): object {
  const values = { [FETCH_PARAMETERS.Bucket]: link(BUCKET), [FETCH_PARAMETERS.Key]: key, [FETCH_PARAMETERS.Hash]: hash };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { type: "String", allowedValues: [value], default: value, ...FROM_ENVIRONMENT }]));
}

function ssmParameter(parameter: (typeof RUN_PARAMETERS)[RunParameter]): object {
  return "values" in parameter
    ? { type: "String", allowedValues: parameter.values, default: parameter.default }
    : { type: "String", allowedPattern: parameter.pattern, ...("most" in parameter && { maxChars: parameter.most }), default: parameter.default };
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
