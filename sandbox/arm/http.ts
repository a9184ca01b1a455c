import { listen, type Endpoint } from "../guest/loopback";
import { parseRecord, type JsonRecord } from "../store/json";
import type { CloudStore } from "../store/store";
import { ArmApi, type ArmReply, type ArmRequest } from "./api";
import { ArmError } from "./error";

const refused = (status: number, code: string, message: string): ArmReply => ({ status, body: { error: { code, message } } });

function replyOf(api: ArmApi, request: Omit<ArmRequest, "body">, text: string): ArmReply {
  let body: JsonRecord;
  try {
    body = text === "" ? {} : parseRecord(text);
  } catch {
    return refused(400, "InvalidRequestContent", "The request content was invalid and could not be deserialized.");
  }
  try {
    return api.handle({ ...request, body });
  } catch (error) {
    if (error instanceof ArmError) return refused(error.status, error.code, error.message);
    return refused(500, "InternalServerError", error instanceof Error ? (error.stack ?? "") : String(error));
  }
}

/** Azure Resource Manager on 127.0.0.1, at a port of the machine's choice. */
export function startArmEndpoint(store: CloudStore): Promise<Endpoint> {
  const api = new ArmApi(store);
  return listen((request, text, url) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", url);
    // Nobody who knows a token has a reason to send it here.
    const reply: ArmReply = request.headers.authorization === undefined
      ? replyOf(api, { method: request.method ?? "GET", path: decodeURIComponent(pathname), query: searchParams, url }, text)
      : refused(400, "TokenNotExpected", "the sandbox takes no token");
    return { status: reply.status, headers: { "content-type": "application/json; charset=utf-8", ...reply.headers }, body: reply.body === undefined ? "" : JSON.stringify(reply.body) };
  });
}

/** What a client's process needs to find the endpoint. */
export const armEnvironment = (url: string): Record<string, string> => ({ SECURE_WINRM_ARM_ENDPOINT: url });
