import { createServer, type IncomingMessage, type Server } from "node:http";
import { parseRecord, type JsonRecord } from "../store/json";
import type { CloudStore } from "../store/store";
import { ApiError, SsmApi } from "./api";

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Buffer));
  return Buffer.concat(chunks).toString("utf8");
}

interface Reply {
  readonly status: number;
  readonly body: JsonRecord;
  readonly type?: string;
}

async function reply(apis: (region: string) => SsmApi, request: IncomingMessage): Promise<Reply> {
  const target = request.headers["x-amz-target"];
  const authorization = request.headers.authorization ?? "";
  // AWS4-HMAC-SHA256 Credential=KEY/20260101/eu-central-1/ssm/aws4_request, …
  const [, region] = /Credential=[^/]+\/\d{8}\/([a-z0-9-]+)\/ssm\//.exec(authorization) ?? [];
  if (region === undefined) return { status: 400, type: "MissingAuthenticationTokenException", body: { message: "the request is not signed for ssm" } };
  if (typeof target !== "string") return { status: 400, type: "UnknownOperationException", body: {} };
  try {
    return { status: 200, body: apis(region).handle(target, parseRecord((await bodyOf(request)) || "{}")) };
  } catch (error) {
    if (error instanceof ApiError) return { status: 400, type: error.type, body: { message: error.message, Message: error.message } };
    return { status: 500, type: "InternalServerError", body: { message: error instanceof Error ? (error.stack ?? "") : String(error) } };
  }
}

export interface Endpoint {
  readonly url: string;
  close(): void;
}

/** Systems Manager on 127.0.0.1, at a port of the machine's choice. */
export async function startEndpoint(store: CloudStore): Promise<Endpoint> {
  const known = new Map<string, SsmApi>();
  const apis = (region: string): SsmApi => {
    const api = known.get(region) ?? new SsmApi(store, region);
    known.set(region, api);
    return api;
  };
  const server: Server = createServer((request, response) => {
    void reply(apis, request).then(({ status, body, type }) => {
      const text = JSON.stringify(type === undefined ? body : { __type: type, ...body });
      response.writeHead(status, { "content-type": "application/x-amz-json-1.1", ...(type === undefined ? {} : { "x-amzn-errortype": type }) });
      response.end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** What a client's process needs to find the endpoint, and nothing else of AWS. */
export function endpointEnvironment(url: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_SSM: url,
    AWS_ACCESS_KEY_ID: "SANDBOX",
    AWS_SECRET_ACCESS_KEY: "sandbox",
    AWS_SESSION_TOKEN: "",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_MAX_ATTEMPTS: "2",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  };
}
