import { connect } from "node:net";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { cloudFolder } from "../store/location";
import { CloudStore } from "../store/store";
import type { ProviderPackage } from "./resource";
import { ProviderServer } from "./server";

const LOOK_EVERY_MS = 300;
const MESSAGE_BYTES = 400 * 1024 * 1024;

/**
 * Ends this process when the engine is gone: plugins outlive a killed engine otherwise. The engine is the parent; when
 * it died while this process was still starting, the parent has changed already, so the engine's address is asked too.
 */
function endWithEngine(parent: number, engine: string | undefined, end: () => void): void {
  setInterval(() => {
    if (process.ppid !== parent) end();
  }, LOOK_EVERY_MS).unref();
  const address = /^([^:]+):(\d+)$/.exec(engine ?? "");
  if (address === null) return;
  const socket = connect({ host: address[1], port: Number(address[2]) });
  socket.on("connect", () => socket.destroy());
  socket.on("error", end);
  socket.unref();
}

/** Serves a provider: prints the port, as the engine expects of a plugin. */
export function servePlugin(load: (engine: string | undefined) => ProviderPackage, parent: number): void {
  const engine = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
  const server = new grpc.Server({ "grpc.max_receive_message_length": MESSAGE_BYTES, "grpc.max_send_message_length": MESSAGE_BYTES });
  const provider = new ProviderServer(load(engine), new CloudStore(cloudFolder()));
  const end = (): void => {
    provider.stop();
    process.exit(0);
  };
  server.addService(ResourceProviderService, provider.methods());
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) {
      process.stderr.write(`${error.message}\n`);
      process.exit(1);
    }
    process.stdout.write(`${port}\n`);
  });
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  process.on("exit", () => provider.stop());
  endWithEngine(parent, engine, end);
}
