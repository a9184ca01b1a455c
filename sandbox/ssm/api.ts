import { randomUUID } from "node:crypto";
import { ASSOCIATION, DOCUMENT, INSTANCE } from "../aws/types";
import { isList, record, records, text, textMap, texts, whole, type Json, type JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { Commands, type Command } from "./commands";
import { parseDocument, resolveParameters, type SsmDocument } from "./document";
import { isRegistered, targetsOf, type Target } from "./fleet";
import { describeParts, describeWindows, type Windows } from "./maintenance";
import { hostName } from "./windows";

/** A refusal of the API: the type is what the SDK makes an exception's class of. */
export class ApiError extends Error {
  constructor(
    readonly type: string,
    message: string,
  ) {
    super(message);
  }
}

const TARGETS_OF_ONE_COMMAND = 50;
const PAGE = 50;

type Operation = (input: JsonRecord) => JsonRecord;

const strictly = (input: JsonRecord, allowed: readonly string[]): void => {
  const strange = Object.keys(input).find((key) => !allowed.includes(key));
  if (strange !== undefined) throw new ApiError("ValidationException", `the sandbox does not know ${strange} here; it knows ${allowed.join(", ")}`);
};

const targetList = (value: Json | undefined): Target[] => records(value).map((one) => ({ key: text(one["Key"]), values: texts(one["Values"]) }));

function pageOf<T>(all: readonly T[], input: JsonRecord): { readonly items: readonly T[]; readonly next: JsonRecord } {
  const from = Number(text(input["NextToken"]) || "0");
  const size = whole(input["MaxResults"], PAGE);
  return { items: all.slice(from, from + size), next: from + size < all.length ? { NextToken: String(from + size) } : {} };
}

/** One page of the only list of an answer. */
function listed(found: Windows, input: JsonRecord, allowed: readonly string[]): JsonRecord {
  strictly(input, [...allowed, "MaxResults", "NextToken"]);
  if (typeof found === "string") throw new ApiError(found, "");
  const [[name, all] = ["", []]] = Object.entries(found);
  const { items, next } = pageOf(all, input);
  return { [name]: items, ...next };
}

/** The part of Systems Manager that a gate's reader needs, in AWS JSON 1.1. */
export class SsmApi {
  private readonly commands: Commands;

  constructor(
    private readonly store: CloudStore,
    region: string,
  ) {
    this.commands = new Commands(store, region);
  }

  handle(target: string, input: JsonRecord): JsonRecord {
    const operation = this.operations[target];
    if (operation === undefined) throw new ApiError("UnknownOperationException", `the sandbox has no ${target}`);
    return operation(input);
  }

  private readonly operations: Readonly<Record<string, Operation>> = {
    "AmazonSSM.DescribeInstanceInformation": (input) => this.describeInstances(input),
    "AmazonSSM.SendCommand": (input) => this.sendCommand(input),
    "AmazonSSM.GetCommandInvocation": (input) => this.getInvocation(input),
    "AmazonSSM.ListCommandInvocations": (input) => this.listInvocations(input),
    "AmazonSSM.DescribeDocument": (input) => ({ Document: this.describeDocument(this.document(text(input["Name"]))) }),
    "AmazonSSM.GetDocument": (input) => this.getDocument(input),
    "AmazonSSM.ListAssociations": (input) => this.listAssociations(input),
    "AmazonSSM.DescribeMaintenanceWindows": (input) => listed(describeWindows(this.store, input), input, ["Filters"]),
    "AmazonSSM.DescribeMaintenanceWindowTargets": (input) => listed(describeParts(this.store, input, "Targets"), input, ["WindowId"]),
    "AmazonSSM.DescribeMaintenanceWindowTasks": (input) => listed(describeParts(this.store, input, "Tasks"), input, ["WindowId"]),
  };

  private listAssociations(input: JsonRecord): JsonRecord {
    strictly(input, ["AssociationFilterList", "MaxResults", "NextToken"]);
    const filters = records(input["AssociationFilterList"]);
    if (filters.some((filter) => filter["key"] !== "AssociationName")) throw new ApiError("ValidationException", "the sandbox knows the filter AssociationName alone");
    const found = this.store.list(ASSOCIATION).filter(({ properties }) => filters.every((filter) => filter["value"] === properties["associationName"]));
    const { items, next } = pageOf(found, input);
    return { Associations: items.map(({ id, properties }) => ({ AssociationId: id, AssociationName: properties["associationName"], Name: properties["name"], ScheduleExpression: properties["scheduleExpression"] })), ...next };
  }

  private describeInstances(input: JsonRecord): JsonRecord {
    strictly(input, ["Filters", "InstanceInformationFilterList", "MaxResults", "NextToken"]);
    const filters = [
      ...targetList(input["Filters"]),
      ...records(input["InstanceInformationFilterList"]).map((one) => ({ key: text(one["key"]), values: texts(one["valueSet"]) })),
    ];
    const known = /^(InstanceIds|PingStatus|ResourceType|PlatformTypes|tag:.+)$/;
    const bad = filters.find((filter) => !known.test(filter.key) || filter.values.length === 0);
    if (bad !== undefined) throw new ApiError("InvalidFilterKey", `The filter key ${bad.key} isn't valid.`);
    const about = filters.filter(({ key }) => key === "InstanceIds" || key.startsWith("tag:"));
    const fixed: Readonly<Record<string, string>> = { PingStatus: "Online", ResourceType: "EC2Instance", PlatformTypes: "Windows" };
    const excluded = filters.some(({ key, values }) => fixed[key] !== undefined && !values.includes(fixed[key]));
    const chosen = about.length === 0 ? this.store.list(INSTANCE) : targetsOf(this.store, about);
    const found = excluded ? [] : chosen.filter((instance) => isRegistered(this.store, instance));
    const { items, next } = pageOf(found, input);
    return { InstanceInformationList: items.map((instance) => this.instanceInformation(instance)), ...next };
  }

  private instanceInformation({ id, properties }: CloudObject): JsonRecord {
    return {
      InstanceId: id,
      PingStatus: "Online",
      LastPingDateTime: Date.now() / 1000,
      AgentVersion: "3.3.0.0",
      IsLatestVersion: true,
      PlatformType: "Windows",
      PlatformName: "Microsoft Windows Server (simulated)",
      PlatformVersion: "10.0.20348",
      ResourceType: "EC2Instance",
      IPAddress: properties["privateIp"],
      ComputerName: id,
    };
  }

  private document(name: string): CloudObject {
    const found = this.store.get(DOCUMENT, name);
    if (found === undefined) throw new ApiError("InvalidDocument", `Document with name ${name} does not exist.`);
    return found;
  }

  private parsed(document: CloudObject): SsmDocument {
    const { document: parsed, problem } = parseDocument(text(document.properties["content"]), text(document.properties["documentFormat"]) || "JSON");
    if (parsed === undefined) throw new ApiError("InvalidDocument", problem ?? "");
    return parsed;
  }

  private sendCommand(input: JsonRecord): JsonRecord {
    strictly(input, ["CloudWatchOutputConfig", "Comment", "DocumentHash", "DocumentHashType", "DocumentName", "DocumentVersion", "InstanceIds", "MaxConcurrency", "MaxErrors", "OutputS3BucketName", "OutputS3KeyPrefix", "Parameters", "Targets", "TimeoutSeconds"]);
    const document = this.document(text(input["DocumentName"]));
    const version = text(input["DocumentVersion"]);
    if (!["", "$DEFAULT", "$LATEST", text(document.properties["defaultVersion"])].includes(version)) throw new ApiError("InvalidDocumentVersion", `Document version ${version} is not valid.`);
    const parsed = this.parsed(document);
    const given = Object.fromEntries(Object.entries(record(input["Parameters"])).map(([name, value]) => [name, isList(value) ? texts(value) : [text(value)]]));
    const { values, problem } = resolveParameters(parsed, given);
    if (values === undefined) throw new ApiError("InvalidParameters", problem ?? "");
    const instances = this.receivers(input);
    const group = record(input["CloudWatchOutputConfig"])["CloudWatchLogGroupName"];
    if (group !== undefined && this.store.get("aws:cloudwatch/logGroup:LogGroup", text(group)) === undefined) {
      throw new ApiError("InvalidOutputLocation", `The log group ${text(group)} does not exist.`);
    }
    const command: Command = { id: randomUUID(), document: document.id, comment: text(input["Comment"]), requested: Date.now() / 1000 };
    for (const instance of instances) this.commands.send(command, instance, parsed, values);
    return {
      Command: {
        CommandId: command.id,
        DocumentName: document.id,
        Comment: command.comment,
        Parameters: Object.fromEntries(Object.entries(given).map(([name, list]) => [name, [...list]])),
        InstanceIds: instances.map(({ id }) => id),
        Targets: input["Targets"] ?? [],
        RequestedDateTime: command.requested,
        Status: "Pending",
        StatusDetails: "Pending",
        TargetCount: instances.length,
        CompletedCount: 0,
        ErrorCount: 0,
      },
    };
  }

  private receivers(input: JsonRecord): readonly CloudObject[] {
    const ids = texts(input["InstanceIds"]);
    const targets = targetList(input["Targets"]);
    if ((ids.length === 0) === (targets.length === 0)) throw new ApiError("ValidationException", "Specify either InstanceIds or Targets.");
    if (ids.length > TARGETS_OF_ONE_COMMAND) throw new ApiError("ValidationException", `InstanceIds has more than ${TARGETS_OF_ONE_COMMAND} members.`);
    if (ids.length === 0) return targetsOf(this.store, targets).filter((one) => isRegistered(this.store, one));
    return ids.map((id) => {
      const instance = this.store.get(INSTANCE, id);
      if (instance === undefined || !isRegistered(this.store, instance)) throw new ApiError("InvalidInstanceId", `Instances [[${id}]] not in a valid state for account`);
      return instance;
    });
  }

  private getInvocation(input: JsonRecord): JsonRecord {
    strictly(input, ["CommandId", "InstanceId", "PluginName"]);
    const found = this.commands.look(text(input["CommandId"]), text(input["InstanceId"]));
    if (found === undefined) throw new ApiError("InvocationDoesNotExist", "");
    return found;
  }

  private listInvocations(input: JsonRecord): JsonRecord {
    strictly(input, ["CommandId", "Details", "Filters", "InstanceId", "MaxResults", "NextToken"]);
    const name = (id: string): string => hostName(this.store.get(INSTANCE, id) ?? { type: "", id, name: "", properties: {} });
    const found = this.commands.list(text(input["CommandId"]), text(input["InstanceId"]), input["Details"] === true);
    return { CommandInvocations: found.map((one) => ({ ...one, InstanceName: name(text(one["InstanceId"])) })) };
  }

  private describeDocument(document: CloudObject): JsonRecord {
    const { properties } = document;
    const parsed = this.parsed(document);
    return {
      Name: document.id,
      DocumentType: properties["documentType"],
      DocumentFormat: properties["documentFormat"],
      DocumentVersion: properties["defaultVersion"],
      DefaultVersion: properties["defaultVersion"],
      LatestVersion: properties["latestVersion"],
      Hash: properties["hash"],
      HashType: "Sha256",
      SchemaVersion: parsed.schemaVersion,
      Status: "Active",
      Tags: Object.entries(textMap(properties["tagsAll"])).map(([Key, Value]) => ({ Key, Value })),
      Parameters: Object.entries(parsed.parameters).map(([Name, declared]) => ({ Name, Type: record(declared)["type"], DefaultValue: record(declared)["default"] })),
    };
  }

  private getDocument(input: JsonRecord): JsonRecord {
    strictly(input, ["DocumentFormat", "DocumentVersion", "Name", "VersionName"]);
    const { id, properties } = this.document(text(input["Name"]));
    return { Name: id, Content: properties["content"], DocumentFormat: properties["documentFormat"], DocumentType: properties["documentType"], DocumentVersion: properties["defaultVersion"], Status: "Active" };
  }
}
