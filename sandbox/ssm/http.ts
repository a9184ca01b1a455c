import type { IncomingMessage } from "node:http";
import { listen, type Endpoint } from "../guest/loopback";
import { parseRecord, type JsonRecord } from "../store/json";
import type { CloudStore } from "../store/store";
import { ApiError, SsmApi } from "./api";

interface Said {
  readonly status: number;
  readonly body: JsonRecord;
  readonly type?: string;
}

function said(apis: (region: string) => SsmApi, request: IncomingMessage, body: string): Said {
  const target = request.headers["x-amz-target"];
  const authorization = request.headers.authorization ?? "";
  // AWS4-HMAC-SHA256 Credential=KEY/20260101/eu-central-1/ssm/aws4_request, …
  const [, region] = /Credential=[^/]+\/\d{8}\/([a-z0-9-]+)\/ssm\//.exec(authorization) ?? [];
  if (region === undefined) return { status: 400, type: "MissingAuthenticationTokenException", body: { message: "the request is not signed for ssm" } };
  if (typeof target !== "string") return { status: 400, type: "UnknownOperationException", body: {} };
  try {
    return { status: 200, body: apis(region).handle(target, parseRecord(body || "{}")) };
  } catch (error) {
    if (error instanceof ApiError) return { status: 400, type: error.type, body: { message: error.message, Message: error.message } };
    return { status: 500, type: "InternalServerError", body: { message: error instanceof Error ? (error.stack ?? "") : String(error) } };
  }
}

/** Systems Manager on 127.0.0.1, at a port of the machine's choice. */
export function startSsmEndpoint(store: CloudStore): Promise<Endpoint> {
  const known = new Map<string, SsmApi>();
  const apis = (region: string): SsmApi => {
    const api = known.get(region) ?? new SsmApi(store, region);
    known.set(region, api);
    return api;
  };
  return listen((request, text) => {
    const { status, body, type } = said(apis, request, text);
    const headers = { "content-type": "application/x-amz-json-1.1", ...(type === undefined ? {} : { "x-amzn-errortype": type }) };
    return { status, headers, body: JSON.stringify(type === undefined ? body : { __type: type, ...body }) };
  });
}

/** What a client's process needs to find the endpoint, and nothing else of AWS. */
export function ssmEnvironment(url: string): Record<string, string> {
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
