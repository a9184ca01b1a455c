import { joined, json, link } from "../graph/planned";
import type { SourceList } from "../network/sources";
import { tagsOf, type AwsFleetSettings } from "./naming";
import { plan, type AwsPlanned } from "./types";

export const SUFFIX = "aws-suffix";
export const BUCKET = "aws-nodes-bucket";
/** Whoever writes an object into the bucket needs this first: nobody reads it in clear. */
export const BUCKET_POLICY = `${BUCKET}-tls`;
export const NODES_OBJECT = "aws-nodes-object";
export const NODES_KEY = "nodes.json";
/** What every script's key begins with; the rest is the hash of its bytes. */
export const SCRIPT_PREFIX = "winrm-";

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
      BUCKET_POLICY,
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
    }, { needs: [BUCKET_POLICY] }),
  ];
}
