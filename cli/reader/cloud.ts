import type { Channel } from "./channel";
import { armEndpoint, isLoopback } from "./endpoint";
import type { Request } from "./request";

export interface Opened {
  readonly channel: Channel;
  /** The control channel is a sandbox's, so that a model of Windows may answer. */
  readonly sandbox: boolean;
}

// A plain import would load both SDKs; `import()` does not find TypeScript, because the reader is loaded by `require`.
/* eslint-disable @typescript-eslint/no-require-imports */
const ssm = (): typeof import("./ssm") => require("./ssm") as typeof import("./ssm");
const runCommand = (): typeof import("./run-command") => require("./run-command") as typeof import("./run-command");
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
