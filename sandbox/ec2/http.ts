import { listen, type Endpoint } from "../guest/loopback";
import type { CloudStore } from "../store/store";
import { Ec2Api, Ec2Error } from "./api";
import { element } from "./xml";

/** EC2 on 127.0.0.1, at a port of the machine's choice. */
export function startEc2Endpoint(store: CloudStore): Promise<Endpoint> {
  const api = new Ec2Api(store);
  const headers = { "content-type": "text/xml;charset=UTF-8" };
  const refused = (status: number, code: string, message: string) => ({ status, headers, body: `<Response><Errors><Error>${element("Code", code)}${element("Message", message)}</Error></Errors>${element("RequestID", "0")}</Response>` });
  return listen((request, body) => {
    if (!/Credential=[^/]+\/\d{8}\/[a-z0-9-]+\/ec2\//.test(request.headers.authorization ?? "")) return refused(401, "AuthFailure", "the request is not signed for ec2");
    try {
      return { status: 200, headers, body: api.handle(new URLSearchParams(body)) };
    } catch (error) {
      if (error instanceof Ec2Error) return refused(400, error.code, error.message);
      return refused(500, "InternalError", error instanceof Error ? (error.stack ?? "") : String(error));
    }
  });
}

/** What a client's process needs to find the endpoint; the credentials are those of Systems Manager's. */
export const ec2Environment = (url: string): Record<string, string> => ({ AWS_ENDPOINT_URL_EC2: url });
