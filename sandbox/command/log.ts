import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/** Lines for the engine's log of one resource. Without an engine, as in tests, they go nowhere. */
export class EngineLog {
  private client: EngineClient | undefined;

  constructor(private readonly engine: string | undefined) {}

  info(urn: string, message: string): void {
    if (this.engine === undefined) return;
    this.client ??= new EngineClient(this.engine, grpc.credentials.createInsecure());
    for (const line of message.replace(/\n$/, "").split("\n")) {
      const request = new LogRequest().setSeverity(LogSeverity.INFO).setMessage(line).setUrn(urn).setStreamid(0);
      // Nothing to do about a line that did not arrive: the engine may be on its way out.
      this.client.log(request, () => undefined);
    }
  }
}
