import type { InputFields } from "../../engine/shape";

/** Inputs as @pulumi/aws 7.48 types them; a test compares them with the typings. */
export const bucketInputs = {
  "accelerationStatus?": "string",
  "acl?": "string",
  "bucket?": "string",
  "bucketNamespace?": "string",
  "bucketPrefix?": "string",
  "corsRules?": [{
    "allowedHeaders?": "string[]",
    allowedMethods: "string[]",
    allowedOrigins: "string[]",
    "exposeHeaders?": "string[]",
    "maxAgeSeconds?": "number",
  }],
  "forceDestroy?": "boolean",
  "grants?": [{ "id?": "string", permissions: "string[]", type: "string", "uri?": "string" }],
  "lifecycleRules?": [{
    "abortIncompleteMultipartUploadDays?": "number",
    enabled: "boolean",
    "expiration?": { "date?": "string", "days?": "number", "expiredObjectDeleteMarker?": "boolean" },
    "id?": "string",
    "noncurrentVersionExpiration?": { "days?": "number" },
    "noncurrentVersionTransitions?": [{ "days?": "number", storageClass: "string" }],
    "prefix?": "string",
    "tags?": "string{}",
    "transitions?": [{ "date?": "string", "days?": "number", storageClass: "string" }],
  }],
  "logging?": { targetBucket: "string", "targetPrefix?": "string" },
  "objectLockConfiguration?": {
    "objectLockEnabled?": "string",
    "rule?": { defaultRetention: { "days?": "number", "mode?": "string", "years?": "number" } },
  },
  "objectLockEnabled?": "boolean",
  "policy?": "json",
  "region?": "string",
  "replicationConfiguration?": {
    role: "string",
    rules: [{
      "deleteMarkerReplicationStatus?": "string",
      destination: {
        "accessControlTranslation?": { owner: "string" },
        "accountId?": "string",
        bucket: "string",
        "metrics?": { "minutes?": "number", "status?": "string" },
        "replicaKmsKeyId?": "string",
        "replicationTime?": { "minutes?": "number", "status?": "string" },
        "storageClass?": "string",
      },
      "filter?": { "prefix?": "string", "tags?": "string{}" },
      "id?": "string",
      "prefix?": "string",
      "priority?": "number",
      "sourceSelectionCriteria?": { "sseKmsEncryptedObjects?": { enabled: "boolean" } },
      status: "string",
    }],
  },
  "requestPayer?": "string",
  "serverSideEncryptionConfiguration?": {
    rule: {
      "applyServerSideEncryptionByDefault?": { "kmsMasterKeyId?": "string", sseAlgorithm: "string" },
      "blockedEncryptionTypes?": "string[]",
      "bucketKeyEnabled?": "boolean",
    },
  },
  "tags?": "string{}",
  "versioning?": { "enabled?": "boolean", "mfaDelete?": "boolean" },
  "website?": {
    "errorDocument?": "string",
    "indexDocument?": "string",
    "redirectAllRequestsTo?": "string",
    "routingRules?": "string",
  },
} satisfies InputFields;

export const bucketPublicAccessBlockInputs = {
  "blockPublicAcls?": "boolean",
  "blockPublicPolicy?": "boolean",
  bucket: "string",
  "ignorePublicAcls?": "boolean",
  "region?": "string",
  "restrictPublicBuckets?": "boolean",
  "skipDestroy?": "boolean",
} satisfies InputFields;

export const bucketVersioningInputs = {
  bucket: "string",
  "expectedBucketOwner?": "string",
  "mfa?": "string",
  "region?": "string",
  versioningConfiguration: { "mfaDelete?": "string", status: "string" },
} satisfies InputFields;

export const bucketServerSideEncryptionConfigurationInputs = {
  bucket: "string",
  "expectedBucketOwner?": "string",
  "region?": "string",
  rules: [{
    "applyServerSideEncryptionByDefault?": { "kmsMasterKeyId?": "string", sseAlgorithm: "string" },
    "blockedEncryptionTypes?": "string[]",
    "bucketKeyEnabled?": "boolean",
  }],
} satisfies InputFields;

export const bucketPolicyInputs = { bucket: "string", policy: "json", "region?": "string" } satisfies InputFields;

export const bucketObjectv2Inputs = {
  "acl?": "string",
  bucket: "string",
  "bucketKeyEnabled?": "boolean",
  "cacheControl?": "string",
  "checksumAlgorithm?": "string",
  "content?": "string",
  "contentBase64?": "string",
  "contentDisposition?": "string",
  "contentEncoding?": "string",
  "contentLanguage?": "string",
  "contentType?": "string",
  "etag?": "string",
  "forceDestroy?": "boolean",
  "key?": "string",
  "kmsKeyId?": "string",
  "metadata?": "string{}",
  "objectLockLegalHoldStatus?": "string",
  "objectLockMode?": "string",
  "objectLockRetainUntilDate?": "string",
  "overrideProvider?": { "defaultTags?": { "tags?": "string{}" } },
  "region?": "string",
  "serverSideEncryption?": "string",
  "source?": "asset",
  "sourceHash?": "string",
  "storageClass?": "string",
  "tags?": "string{}",
  "websiteRedirect?": "string",
} satisfies InputFields;
