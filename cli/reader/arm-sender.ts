import { createDefaultHttpClient, createHttpHeaders, createPipelineRequest } from "@azure/core-rest-pipeline";
import { armClient, armUrl, type ArmPlace } from "./arm";
import { armText, isAtWork, isTransient } from "./arm-errors";
import type { Patience } from "./patience";
import { patiently } from "./patiently";

export type { ArmPlace } from "./arm";

export interface ArmCall {
  readonly method: "GET" | "DELETE";
  /** What follows the endpoint, with or without a query; or a whole address that Azure has given. */
  readonly path: string;
  readonly version: string;
}

export interface ArmAnswer {
  readonly status: number;
  readonly body: unknown;
}

export type ArmSend = (operation: string, call: ArmCall, patience: Patience) => Promise<ArmAnswer>;

/** What Azure says when it refuses, as the errors of its SDK are. */
class Refused extends Error {
  readonly code: string;

  constructor(readonly statusCode: number, body: unknown) {
    const { error } = (typeof body === "object" && body !== null ? body : {}) as { error?: { code?: unknown; message?: unknown } };
    super(typeof error?.message === "string" ? error.message : `status ${statusCode}`);
    this.code = typeof error?.code === "string" ? error.code : "";
  }
}

const READING = { isTransient: (error: unknown) => isTransient(error) || isAtWork(error), text: armText };

/** Requests for which a whole SDK would be too much, by the pipeline (log-in, time limits) of the one that we have. */
export function armSender(place: ArmPlace, endpoint: string | undefined): ArmSend {
  const { pipeline } = armClient(place, endpoint);
  const http = createDefaultHttpClient();
  const base = endpoint ?? armUrl(place);
  return (operation, { method, path, version }, patience) =>
    patiently(operation, patience, READING, async (abortSignal) => {
      const url = path.startsWith(base) ? path : `${base}${path}${path.includes("?") ? "&" : "?"}api-version=${version}`;
      const request = createPipelineRequest({ url, method, abortSignal, headers: createHttpHeaders({ accept: "application/json" }), allowInsecureConnection: endpoint !== undefined });
      const { status, bodyAsText } = await pipeline.sendRequest(http, request);
      const body: unknown = bodyAsText === undefined || bodyAsText === null || bodyAsText === "" ? undefined : JSON.parse(bodyAsText);
      if (status >= 400 && status !== 404) throw new Refused(status, body);
      return { status, body };
    });
}
