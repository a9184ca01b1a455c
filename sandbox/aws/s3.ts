import { createHash } from "node:crypto";
import { assetBytes } from "../engine/asset";
import { CloudError } from "../engine/failure";
import type { Call } from "../engine/resource";
import type { InputFields, Problem } from "../engine/shape";
import { isUnknown } from "../engine/values";
import { record, text, type JsonRecord } from "../store/json";
import { alone, oneOf, pattern } from "../engine/exclusive";
import { policyProblems, policyText } from "./iam";
import * as inputs from "./inputs/s3";
import { arn, mustExist, newId, regionOf, type Row } from "./row";
import { BUCKET, BUCKET_OBJECT, BUCKET_POLICY } from "./types";

const needsBucket = (call: Call): void => void mustExist(call, BUCKET, text(call.inputs["bucket"]), "NoSuchBucket", "specified bucket");

const bucket: Row = {
  token: BUCKET,
  title: "S3 Bucket",
  inputs: inputs.bucketInputs,
  replaces: ["bucket", "bucketNamespace", "bucketPrefix", "objectLockEnabled"],
  autoName: { property: "bucket", prefix: "bucketPrefix", maxLength: 63, lowerCase: true },
  defaults: { forceDestroy: false },
  outputs: ["acl", "arn", "bucket", "bucketDomainName", "bucketPrefix", "bucketRegion", "bucketRegionalDomainName", "hostedZoneId", "objectLockEnabled", "policy", "requestPayer"],
  check: (given) => [
    ...alone(given, "bucket", ["bucketPrefix"]),
    ...pattern(given, "bucket", /^(?!xn--|sthree-|\d+\.\d+\.\d+\.\d+$)(?!.*(\.\.|-s3alias$))[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "is not a bucket's name: 3 to 63 of a-z, 0-9, dot and hyphen"),
  ],
  identify: (call) => text(call.inputs["bucket"]) || `${text(call.inputs["bucketPrefix"])}${newId("x").slice(2)}`,
  taken: "BucketAlreadyOwnedByYou",
  compute: (call, id) => ({
    acl: "private",
    arn: arn(call, "s3", id),
    bucket: id,
    bucketDomainName: `${id}.s3.amazonaws.com`,
    bucketPrefix: "",
    bucketRegion: regionOf(call),
    bucketRegionalDomainName: `${id}.s3.${regionOf(call)}.amazonaws.com`,
    hostedZoneId: "ZSANDBOX",
    objectLockEnabled: false,
    policy: "",
    requestPayer: "BucketOwner",
  }),
  inUse: (store, { id, properties }) => {
    const held = store.list(BUCKET_OBJECT).filter((one) => one.properties["bucket"] === id);
    if (held.length > 0 && properties["forceDestroy"] !== true) throw new CloudError("BucketNotEmpty", "The bucket you tried to delete is not empty");
    for (const object of held) store.remove(BUCKET_OBJECT, object.id);
  },
};

/** A setting of a bucket: one of its kind, and its id is the bucket's. */
function setting(token: string, title: string, fields: InputFields, more: Partial<Row> = {}): Row {
  return {
    token,
    title,
    inputs: fields,
    replaces: "expectedBucketOwner?" in fields ? ["bucket", "expectedBucketOwner"] : ["bucket"],
    outputs: [],
    identify: (call) => text(call.inputs["bucket"]),
    taken: "OperationAborted",
    validate: needsBucket,
    compute: () => ({}),
    ...more,
  };
}

const settings: readonly Row[] = [
  setting("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "S3 Bucket Public Access Block", inputs.bucketPublicAccessBlockInputs, {
    defaults: { blockPublicAcls: false, blockPublicPolicy: false, ignorePublicAcls: false, restrictPublicBuckets: false },
  }),
  setting("aws:s3/bucketVersioning:BucketVersioning", "S3 Bucket Versioning", inputs.bucketVersioningInputs, {
    check: (given) => oneOf(record(given["versioningConfiguration"]), "status", ["Enabled", "Suspended", "Disabled"]).map((one) => ({ ...one, property: "versioningConfiguration.status" })),
  }),
  setting("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", "S3 Bucket Server-side Encryption Configuration", inputs.bucketServerSideEncryptionConfigurationInputs),
  setting(BUCKET_POLICY, "S3 Bucket Policy", inputs.bucketPolicyInputs, {
    check: (given) => policyProblems("policy", given["policy"], "resource"),
    validate: (call) => {
      needsBucket(call);
      if (policyText(call.inputs["policy"]).length > 20 * 1024) throw new CloudError("PolicyTooLarge", "The policy exceeds the maximum size of 20 KB");
    },
  }),
];

/** The bytes of an object, from text, base64 or a file. */
function body(given: JsonRecord): Buffer {
  if (typeof given["content"] === "string") return Buffer.from(given["content"]);
  if (typeof given["contentBase64"] === "string") return Buffer.from(given["contentBase64"], "base64");
  return assetBytes(given["source"]);
}

function checkObject(given: JsonRecord): Problem[] {
  return [
    ...alone(given, "content", ["contentBase64", "source"]),
    ...alone(given, "contentBase64", ["source"]),
    ...alone(given, "kmsKeyId", ["etag"]),
    ...(isUnknown(given["key"]) || text(given["key"]).length <= 1024 ? [] : [{ property: "key", reason: "a key has at most 1024 bytes" }]),
  ];
}

const object: Row = {
  token: BUCKET_OBJECT,
  title: "S3 Object",
  inputs: inputs.bucketObjectv2Inputs,
  replaces: ["bucket", "key"],
  autoName: { property: "key", maxLength: 1024, random: false },
  defaults: { forceDestroy: false },
  outputs: ["acl", "arn", "bucketKeyEnabled", "checksumCrc32", "checksumCrc32c", "checksumSha1", "checksumSha256", "contentType", "etag", "kmsKeyId", "serverSideEncryption", "storageClass", "versionId"],
  renews: (changed) => (["content", "contentBase64", "source", "sourceHash"].some((key) => changed.has(key)) ? ["etag", "versionId"] : []),
  check: checkObject,
  identify: (call) => `${text(call.inputs["bucket"])}/${text(call.inputs["key"])}`,
  // PutObject overwrites: an object that is there already is no error, as with the real provider.
  validate: (call, self) => {
    needsBucket(call);
    if (self === undefined) call.store.remove(BUCKET_OBJECT, `${text(call.inputs["bucket"])}/${text(call.inputs["key"])}`);
  },
  compute: (call, id) => {
    const bytes = body(call.inputs);
    return {
      acl: "private",
      arn: arn(call, "s3", id),
      body: bytes.toString("utf8"),
      bucketKeyEnabled: false,
      checksumCrc32: "",
      checksumCrc32c: "",
      checksumSha1: "",
      checksumSha256: "",
      contentType: "application/octet-stream",
      etag: createHash("md5").update(bytes).digest("hex"),
      kmsKeyId: "",
      serverSideEncryption: "AES256",
      storageClass: "STANDARD",
      versionId: "",
    };
  },
};

export const s3Rows: readonly Row[] = [bucket, ...settings, object];
