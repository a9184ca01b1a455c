import type { Channel } from "./channel";
import type { DoorGroups } from "./doors";
import { armEndpoint, isLoopback } from "./endpoint";
import { RequestError, type HostRequest, type Request } from "./request";

export interface Opened {
  readonly channel: Channel;
  /** The control channel is a sandbox's, so that a model of Windows may answer. */
  readonly sandbox: boolean;
}

// A plain import would load all SDKs; `import()` does not find TypeScript, because the reader is loaded by `require`.
/* eslint-disable @typescript-eslint/no-require-imports */
const ssm = (): typeof import("./ssm") => require("./ssm") as typeof import("./ssm");
const runCommand = (): typeof import("./run-command") => require("./run-command") as typeof import("./run-command");
const doorsAws = (): typeof import("./doors-aws") => require("./doors-aws") as typeof import("./doors-aws");
const doorsAzure = (): typeof import("./doors-azure") => require("./doors-azure") as typeof import("./doors-azure");
/* eslint-enable @typescript-eslint/no-require-imports */

/** The control channel of the request's cloud; only that cloud's SDK is loaded. */
export function openChannel(request: Request, env: NodeJS.ProcessEnv): Opened {
  switch (request.cloud) {
    case "aws":
      return { channel: new (ssm().SsmChannel)(request), sandbox: isLoopback(env.AWS_ENDPOINT_URL_SSM) };
    case "azure": {
      const endpoint = armEndpoint(env);
      const output = "output" in request && request.output !== undefined ? `${request.output.replace(/\/$/, "")}/${encodeURIComponent(request.host)}` : undefined;
      return { channel: new (runCommand().RunCommandChannel)({ ...request, output }, endpoint), sandbox: endpoint !== undefined };
    }
    default: {
      const never: never = request;
      return never;
    }
  }
}

/** The hosts' own groups of the request's cloud. */
export function openDoors(request: HostRequest, env: NodeJS.ProcessEnv): DoorGroups {
  switch (request.cloud) {
    case "aws":
      // A host of a sandbox whose group is looked for elsewhere, or the other way round, would always look shut.
      if (isLoopback(env.AWS_ENDPOINT_URL_SSM) !== isLoopback(env.AWS_ENDPOINT_URL_EC2)) {
        throw new RequestError("only one of AWS_ENDPOINT_URL_SSM and AWS_ENDPOINT_URL_EC2 is an address of this machine: both are the sandbox's, or neither; set both, or unset both");
      }
      return doorsAws().awsDoors(request);
    case "azure":
      return doorsAzure().azureDoors(request, armEndpoint(env));
    default: {
      const never: never = request;
      return never;
    }
  }
}
