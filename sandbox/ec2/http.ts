import { randomUUID } from "node:crypto";
import { CloudError } from "../engine/failure";
import { listen, type Endpoint, type Reply } from "../guest/loopback";
import type { JsonRecord } from "../store/json";
import type { CloudStore } from "../store/store";
import { Ec2Api } from "./api";
import { Ec2Error, Query } from "./query";
import { xml } from "./xml";

const reply = (status: number, root: string, content: JsonRecord): Reply => ({
  status,
  headers: { "content-type": "text/xml;charset=UTF-8" },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n<${root}>${xml(content)}</${root.split(" ")[0]}>`,
});

const refused = (status: number, Code: string, Message: string): Reply => reply(status, "Response", { Errors: { Error: { Code, Message } }, RequestID: randomUUID() });

function replyOf(store: CloudStore, authorization: string, body: string): Reply {
  // AWS4-HMAC-SHA256 Credential=KEY/20260101/eu-central-1/ec2/aws4_request, …
  const [, region] = /Credential=[^/]+\/\d{8}\/([a-z0-9-]+)\/ec2\//.exec(authorization) ?? [];
  if (region === undefined) return refused(401, "AuthFailure", "the request is not signed for ec2");
  try {
    const query = new Query(body);
    const answer = new Ec2Api(store, region).handle(query);
    return reply(200, `${query.action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"`, { requestId: randomUUID(), ...answer });
  } catch (error) {
    if (error instanceof Ec2Error) return refused(error.status, error.code, error.message);
    if (error instanceof CloudError) return refused(400, error.code, error.message);
    return refused(500, "InternalError", error instanceof Error ? (error.stack ?? "") : String(error));
  }
}

/** EC2 on 127.0.0.1, at a port of the machine's choice. */
export const startEc2Endpoint = (store: CloudStore): Promise<Endpoint> => listen((request, body) => replyOf(store, request.headers.authorization ?? "", body));

/** What a client's process needs to find the endpoint. */
export const ec2Environment = (url: string): Record<string, string> => ({ AWS_ENDPOINT_URL_EC2: url });
