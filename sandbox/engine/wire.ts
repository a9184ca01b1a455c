import * as grpc from "@grpc/grpc-js";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { CheckFailure, DiffResponse, ErrorResourceInitFailed, PropertyDiff } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { parseRecord, type JsonRecord } from "../store/json";
import type { ChangeKind, Difference } from "./diff";
import { PartialFailure } from "./failure";
import type { Problem } from "./shape";

/** Between protobuf messages and plain data. */
export const fromStruct = (struct: Struct | undefined): JsonRecord => (struct === undefined ? {} : (struct.toJavaScript()));

// A Struct has no "undefined": the way through text drops such keys.
export const toStruct = (value: JsonRecord): Struct =>
  Struct.fromJavaScript(parseRecord(JSON.stringify(value)) as { [key: string]: JavaScriptValue });

export const toFailures = (problems: readonly Problem[]): CheckFailure[] =>
  problems.map(({ property, reason }) => new CheckFailure().setProperty(property).setReason(reason));

const KINDS: Record<ChangeKind, readonly [PropertyDiff.Kind, PropertyDiff.Kind]> = {
  add: [PropertyDiff.Kind.ADD, PropertyDiff.Kind.ADD_REPLACE],
  delete: [PropertyDiff.Kind.DELETE, PropertyDiff.Kind.DELETE_REPLACE],
  update: [PropertyDiff.Kind.UPDATE, PropertyDiff.Kind.UPDATE_REPLACE],
};

const root = (path: string): string => /^[^.[]+/.exec(path)?.[0] ?? path;
const distinct = (values: readonly string[]): string[] => [...new Set(values)];

export function toDiff({ changes, deleteBeforeReplace }: Difference): DiffResponse {
  const response = new DiffResponse()
    .setChanges(changes.length === 0 ? DiffResponse.DiffChanges.DIFF_NONE : DiffResponse.DiffChanges.DIFF_SOME)
    .setDiffsList(distinct(changes.map((change) => root(change.path))))
    .setReplacesList(distinct(changes.filter((change) => change.replaces).map((change) => root(change.path))))
    .setDeletebeforereplace(deleteBeforeReplace)
    .setHasdetaileddiff(true);
  for (const change of changes) {
    const [kind, replacing] = KINDS[change.kind];
    response.getDetaileddiffMap().set(change.path, new PropertyDiff().setKind(change.replaces ? replacing : kind));
  }
  return response;
}

/** An error for the engine; an object that exists in spite of it travels in the status' details, as Go's gRPC does. */
export function toServiceError(error: unknown): Partial<grpc.StatusObject> & { readonly name: string; readonly message: string } {
  const message = error instanceof Error ? error.message : String(error);
  const metadata = new grpc.Metadata();
  if (error instanceof PartialFailure) {
    const failed = new ErrorResourceInitFailed().setId(error.id).setProperties(toStruct(error.properties)).setReasonsList([message]);
    const detail = new Any();
    detail.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const status = new Status().setCode(grpc.status.UNKNOWN).setMessage(message).setDetailsList([detail]);
    metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  }
  return { name: "Error", message, code: grpc.status.UNKNOWN, details: message, metadata };
}
