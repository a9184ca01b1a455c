import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";

/** Azure Resource Manager on the loopback, for the real SDK: what it answers, and how late or wrong, is up to each test. */
export type Operation = "GetGroup" | "GetVm" | "ListVms" | "PutRun" | "GetRun" | "DeleteRun" | "RestartVm" | "GetOperation";

const bodySchema = z.object({
  location: z.string(),
  properties: z.object({
    source: z.object({ scriptUri: z.string(), scriptUriManagedIdentity: z.object({ clientId: z.string() }) }),
    parameters: z.array(z.object({ name: z.string(), value: z.string() })),
    asyncExecution: z.boolean(),
    treatFailureAsDeploymentFailure: z.boolean(),
    timeoutInSeconds: z.number(),
    outputBlobUri: z.string().optional(),
    outputBlobManagedIdentity: z.object({ clientId: z.string() }).optional(),
  }),
});
export type RunBody = z.infer<typeof bodySchema>;

export interface Call {
  readonly operation: Operation;
  /** Name of the machine; of the group where that is asked for. */
  readonly vm: string;
  /** Name of the run command. */
  readonly run: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly body?: RunBody;
  /** When it came, in milliseconds. */
  readonly at: number;
}

export interface Json {
  readonly status: number;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `lost`: heard, and the connection broken before there was an answer. */
export type Reply = Json | "never" | "lost";
export type Handler = (call: Call, nth: number, url: string) => Reply;

export const refusal = (status: number, code: string, message = "said by the test", headers: Readonly<Record<string, string>> = {}): Json => ({ status, body: { error: { code, message } }, headers });

export interface ArmServer {
  readonly url: string;
  readonly calls: readonly Call[];
  close(): Promise<void>;
}

const VMS = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Compute\/virtualMachines(?:\/([^/]+))?(?:\/runCommands\/([^/]+))?$/;

const GROUPS = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Network\/networkSecurityGroups\/([^/]+)$/;

const RESTART = /^(\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Compute\/virtualMachines\/([^/]+))\/restart$/;
const OPERATION = /^\/operations\/([^/]+)$/;

export async function startArm(handlers: Record<Operation, Handler>): Promise<ArmServer> {
  const calls: Call[] = [];
  let url = "";
  const server = createServer((request, response) => {
    void body(request).then((text) => {
      const { pathname, searchParams } = new URL(request.url ?? "/", url);
      const { match, vm, run, operation } = meant(request.method ?? "", pathname);
      if (match === undefined || operation === undefined) return respond(response, refusal(404, "NotOfTheTest", `${request.method} ${request.url}`));
      const nth = calls.filter((call) => call.operation === operation && call.vm === vm).length;
      const call: Call = { operation, vm, run, query: searchParams, authorization: request.headers.authorization, at: performance.now(), ...(text !== "" && { body: bodySchema.parse(JSON.parse(text)) }) };
      calls.push(call);
      respond(response, handlers[operation](call, nth, url));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  url = `http://127.0.0.1:${port}`;
  return {
    url,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Meant {
  readonly match?: string;
  readonly vm: string;
  readonly run: string;
  readonly operation?: Operation | undefined;
}

function meant(method: string, pathname: string): Meant {
  const [, group] = GROUPS.exec(pathname) ?? [];
  if (group !== undefined) return { match: pathname, vm: group, run: "", operation: method === "GET" ? "GetGroup" : undefined };
  const [, , restarted] = RESTART.exec(pathname) ?? [];
  if (restarted !== undefined) return { match: pathname, vm: restarted, run: "", operation: method === "POST" ? "RestartVm" : undefined };
  const [, under] = OPERATION.exec(pathname) ?? [];
  if (under !== undefined) return { match: pathname, vm: under, run: "", operation: method === "GET" ? "GetOperation" : undefined };
  const [match, vm = "", run = ""] = VMS.exec(pathname) ?? [];
  return { ...(match !== undefined && { match }), vm, run, operation: operationOf(method, vm, run) };
}

function operationOf(method: string, vm: string, run: string): Operation | undefined {
  if (run !== "") return ({ PUT: "PutRun", GET: "GetRun", DELETE: "DeleteRun" } as const)[method];
  if (method !== "GET") return undefined;
  return vm === "" ? "ListVms" : "GetVm";
}

function respond(response: ServerResponse, reply: Reply): void {
  if (reply === "never") return;
  if (reply === "lost") {
    response.destroy();
    return;
  }
  response.writeHead(reply.status, { "content-type": "application/json; charset=utf-8", ...reply.headers });
  response.end(reply.body === undefined ? undefined : JSON.stringify(reply.body));
}

async function body(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString("utf8");
}
