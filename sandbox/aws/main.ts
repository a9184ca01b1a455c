import { servePlugin } from "../engine/plugin";
import type { ProviderPackage } from "../engine/resource";
import { alarmRows } from "./alarms";
import { endpointRows } from "./endpoint";
import { eventRows } from "./events";
import { flowLogRows } from "./flow-log";
import { iamRows } from "./iam";
import { providerInputs } from "./inputs/provider";
import { instanceRows } from "./instance";
import { interfaceRows } from "./interface";
import { invokes } from "./invokes";
import { maintenanceRows } from "./maintenance";
import { networkRows } from "./network";
import { otherRows } from "./other";
import { parameterRows } from "./parameter";
import { cloudType, type Row } from "./row";
import { s3Rows } from "./s3";
import { securityRows } from "./security";
import { ssmRows } from "./ssm";

export const rows: readonly Row[] = [
  ...networkRows,
  ...endpointRows,
  ...securityRows,
  ...interfaceRows,
  ...instanceRows,
  ...iamRows,
  ...ssmRows,
  ...s3Rows,
  ...parameterRows,
  ...maintenanceRows,
  ...flowLogRows,
  ...alarmRows,
  ...eventRows,
  ...otherRows,
];

/** The part of @pulumi/aws that the sandbox knows. The version is the SDK's. */
export const awsPackage: ProviderPackage = {
  name: "aws",
  version: "7.48.0",
  resources: rows.map(cloudType),
  invokes,
  configInputs: providerInputs,
  configRequired: ["region"],
};

export const main = (parent: number): void => servePlugin(() => awsPackage, parent);
