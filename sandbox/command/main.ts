import { randomBytes } from "node:crypto";
import { startChannels, type Channels } from "../channels";
import { servePlugin } from "../engine/plugin";
import type { Call, ProviderPackage, ResourceType } from "../engine/resource";
import type { Problem } from "../engine/shape";
import { text, texts, type JsonRecord } from "../store/json";
import type { CloudStore } from "../store/store";
import { commandInputs } from "./inputs";
import { EngineLog } from "./log";
import { run } from "./run";

const TOKEN = "command:local:Command";
const LOGGING = ["stdout", "stderr", "stdoutAndStderr", "none"];

function check(inputs: JsonRecord): Problem[] {
  const logging = inputs["logging"];
  const problems: Problem[] = [];
  if (typeof logging === "string" && !LOGGING.includes(logging)) problems.push({ property: "logging", reason: `is none of ${LOGGING.join(", ")}` });
  for (const key of ["assetPaths", "archivePaths"]) {
    if (texts(inputs[key]).length > 0) problems.push({ property: key, reason: "the sandbox collects no files" });
  }
  return problems;
}

/** The control channels live as long as the provider, which is as long as a deployment; the first command starts them. */
class Surroundings {
  private channels: Promise<Channels> | undefined;

  async environment(store: CloudStore): Promise<Readonly<Record<string, string>>> {
    this.channels ??= startChannels(store);
    return (await this.channels).environment;
  }
}

/** Really runs the command: the gate's reader is the same program as in a real deployment. */
function commandType(surroundings: Surroundings, log: EngineLog): ResourceType {
  const execute = async (call: Call, operation: "create" | "update" | "delete", command: string, olds: JsonRecord): Promise<JsonRecord> => {
    call.store.event({ op: operation, type: TOKEN, id: call.name, name: call.name });
    const previous = { stdout: text(olds["stdout"]), stderr: text(olds["stderr"]) };
    if (command === "") return previous;
    return { ...await run({
      command,
      inputs: call.inputs,
      previous,
      surroundings: await surroundings.environment(call.store),
      cancelled: call.cancelled,
      log: (line) => log.info(call.urn, line),
    }) };
  };
  return {
    token: TOKEN,
    inputs: commandInputs,
    replaces: ["triggers"],
    outputs: ["stderr", "stdout"],
    spreadsSecrets: true,
    // A create that fails answers with an error and no id.
    failureKeepsState: false,
    // Every output depends on every input (no WireDependencies in commandController.go): unknown in the preview of any update.
    renews: () => ["stderr", "stdout"],
    check,
    create: async (call) => {
      const outputs = await execute(call, "create", text(call.inputs["create"]), {});
      return { id: `${call.name}${randomBytes(4).toString("hex")}`, properties: { ...call.inputs, ...outputs } };
    },
    read: (_call, _id, olds) => olds,
    update: async (call, _id, olds) => {
      const command = text(call.inputs["update"]) || text(call.inputs["create"]);
      return { ...call.inputs, ...await execute(call, "update", command, olds) };
    },
    delete: async (call, _id, olds) => {
      await execute(call, "delete", text(olds["delete"]), olds);
    },
  };
}

export function commandPackage(engine: string | undefined): ProviderPackage {
  return {
    name: "command",
    version: "1.2.1",
    resources: [commandType(new Surroundings(), new EngineLog(engine))],
    invokes: {},
    configInputs: {},
    configRequired: [],
  };
}

export const main = (parent: number): void => servePlugin(commandPackage, parent);
