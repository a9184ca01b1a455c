import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";

/** AWS JSON 1.1 on the loopback, for the real SDK: what Systems Manager answers, and how late or wrong, is up to each test. */
export interface Call {
  readonly operation: string;
  readonly input: Input;
}

const inputSchema = z.object({
  InstanceIds: z.array(z.string()).optional(),
  InstanceId: z.string().optional(),
  CommandId: z.string().optional(),
  DocumentName: z.string().optional(),
  Parameters: z.record(z.string(), z.array(z.string())).optional(),
  Filters: z.array(z.object({ Key: z.string(), Values: z.array(z.string()) })).optional(),
  NextToken: z.string().optional(),
  CloudWatchOutputConfig: z.object({ CloudWatchLogGroupName: z.string() }).optional(),
});
type Input = z.infer<typeof inputSchema>;

export class AwsError {
  constructor(
    public readonly type: string,
    public readonly message = "said by the test",
    public readonly status = 400,
  ) {}
}

export type Reply = Record<string, unknown> | AwsError | "never";
export type Handler = (input: Input, nth: number) => Reply;

export interface SsmServer {
  readonly url: string;
  readonly calls: readonly Call[];
  close(): Promise<void>;
}

export async function startSsm(handlers: Record<string, Handler>): Promise<SsmServer> {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    void body(request).then((text) => {
      const operation = String(request.headers["x-amz-target"]).split(".").at(-1) ?? "";
      const input = inputSchema.parse(JSON.parse(text));
      const nth = calls.filter((call) => call.operation === operation).length;
      calls.push({ operation, input });
      respond(response, handlers[operation]?.(input, nth) ?? new AwsError("UnknownOperationException"));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function respond(response: ServerResponse, reply: Reply): void {
  if (reply === "never") return;
  const error = reply instanceof AwsError;
  response.writeHead(error ? reply.status : 200, { "content-type": "application/x-amz-json-1.1" });
  response.end(JSON.stringify(error ? { __type: reply.type, message: reply.message } : reply));
}

async function body(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString("utf8");
}
