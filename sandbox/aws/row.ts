import { randomBytes } from "node:crypto";
import { CloudError } from "../engine/failure";
import type { Call, ResourceType } from "../engine/resource";
import { rowType, type Manner, type Row } from "../engine/row";
import { ACCOUNT_ID } from "../store/account";
import { text } from "../store/json";
import type { CloudObject } from "../store/store";
import { allTags, tagProblems } from "./tags";

/** `replaces` of a row: ForceNew in hashicorp/terraform-provider-aws, internal/service; `region` replaces everywhere. */
export type { Row } from "../engine/row";

export const newId = (prefix: string): string => `${prefix}-${randomBytes(9).toString("hex").slice(0, 17)}`;

export function arn(call: Call, service: string, resource: string): string {
  const global = service === "iam" || service === "s3" || service === "route53";
  const account = service === "s3" ? "" : ACCOUNT_ID;
  return `arn:aws:${service}:${global ? "" : regionOf(call)}:${account}:${resource}`;
}

export const regionOf = (call: Call): string => text(call.inputs["region"]) || call.config.region;

/** The object that a property refers to, or the refusal that the API gives. */
export function mustExist(call: Call, type: string, id: string, code: string, what: string): CloudObject {
  const found = call.store.get(type, id);
  if (found === undefined) throw new CloudError(code, `The ${what} '${id}' does not exist`);
  return found;
}

const isRegional = (row: Row): boolean => "region?" in row.inputs;

const MANNER: Manner<Row> = {
  said: (action, row, what, work) => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      throw new Error(`${action} ${row.title}${what === "" ? "" : ` (${what})`}: ${error.message}`);
    }
  },
  keeps: (call, row, id, olds) => {
    const { __defaults: _, ...given } = call.inputs;
    return { ...(isRegional(row) ? { region: regionOf(call) } : {}), ...row.compute(call, id, olds), ...given };
  },
  free: () => undefined,
  type: (row) => ({
    replaces: isRegional(row) ? [...row.replaces, "region"] : row.replaces,
    outputs: [...row.outputs, ...(isRegional(row) ? ["region"] : []), ...("tags?" in row.inputs ? ["tagsAll"] : [])],
    failureKeepsState: true,
    fill: (inputs, config) => allTags(row.inputs, inputs, config),
    check: (inputs) => [...tagProblems(inputs["tagsAll"]), ...(row.check?.(inputs) ?? [])],
  }),
};

export const cloudType = (row: Row): ResourceType => rowType(row, MANNER);
