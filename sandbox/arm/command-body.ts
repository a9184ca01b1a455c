import { record, records, text, whole, type JsonRecord } from "../store/json";
import { ArmError } from "./error";

/** What a run command may say, as far as the sandbox plays it. */
const KNOWN = [
  "source",
  "parameters",
  "asyncExecution",
  "timeoutInSeconds",
  "outputBlobUri",
  "outputBlobManagedIdentity",
  "treatFailureAsDeploymentFailure",
];
const KNOWN_SOURCE = ["scriptUri", "scriptUriManagedIdentity"];

export interface CommandBody {
  readonly scriptUri: string;
  readonly scriptIdentity: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly outputUri: string;
  readonly outputIdentity: string;
  readonly timeoutInSeconds: number;
  readonly treatFailureAsDeploymentFailure: boolean;
}

/**
 * Of a PUT's body.
 *
 * @throws ArmError for what Azure or the sandbox does not know
 */
export function parseBody(body: JsonRecord): CommandBody {
  if (text(body["location"]) === "") throw new ArmError(400, "LocationRequired", "The location property is required for this definition.");
  const properties = record(body["properties"]);
  const source = record(properties["source"]);
  const strange = [...Object.keys(properties).filter((key) => !KNOWN.includes(key)), ...Object.keys(source).filter((key) => !KNOWN_SOURCE.includes(key))][0];
  if (strange !== undefined) throw new ArmError(400, "InvalidRequestContent", `the sandbox does not know ${strange} in a run command; it knows ${[...KNOWN, ...KNOWN_SOURCE].join(", ")}`);
  if (properties["asyncExecution"] === true) throw new ArmError(400, "InvalidRequestContent", "the sandbox runs no command asynchronously");
  const parameters = records(properties["parameters"]).map((one): [string, string] => [text(one["name"]), text(one["value"])]);
  if (new Set(parameters.map(([name]) => name.toLowerCase())).size < parameters.length) throw new ArmError(400, "InvalidParameter", "Two parameters have one name.");
  const scriptUri = text(source["scriptUri"]);
  if (!URL.canParse(scriptUri)) throw new ArmError(400, "InvalidParameter", "The value of parameter source.scriptUri is invalid.");
  return {
    scriptUri,
    scriptIdentity: text(record(source["scriptUriManagedIdentity"])["clientId"]),
    parameters: Object.fromEntries(parameters),
    outputUri: text(properties["outputBlobUri"]),
    outputIdentity: text(record(properties["outputBlobManagedIdentity"])["clientId"]),
    timeoutInSeconds: whole(properties["timeoutInSeconds"], 5400),
    treatFailureAsDeploymentFailure: properties["treatFailureAsDeploymentFailure"] === true,
  };
}
