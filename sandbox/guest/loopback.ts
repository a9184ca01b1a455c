import { createServer, type IncomingMessage } from "node:http";

/** An API that listens on this machine alone. */
export interface Endpoint {
  readonly url: string;
  close(): void;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for none. */
  readonly body: string;
}

/** The request and all of its body. */
export type Answer = (request: IncomingMessage, body: string, url: string) => Reply | Promise<Reply>;

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Buffer));
  return Buffer.concat(chunks).toString("utf8");
}

/** On 127.0.0.1, at a port of the machine's choice; keeps no process alive. */
export async function listen(answer: Answer): Promise<Endpoint> {
  let url = "";
  const server = createServer((request, response) => {
    void bodyOf(request)
      .then((body) => answer(request, body, url))
      .then(({ status, headers, body }) => {
        response.writeHead(status, headers);
        response.end(body === "" ? undefined : body);
      })
      // A client that broke off in the middle.
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  url = `http://127.0.0.1:${port}`;
  return {
    url,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
