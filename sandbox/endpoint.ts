import { startEndpoint } from "./ssm/http";
import { cloudFolder } from "./store/location";
import { CloudStore } from "./store/store";

/** `node --require tsx/cjs sandbox/endpoint.ts`: prints the endpoint's address and serves until standard input closes. */
async function main(): Promise<void> {
  const endpoint = await startEndpoint(new CloudStore(cloudFolder()));
  process.stdout.write(`${endpoint.url}\n`);
  process.stdin.on("end", () => process.exit(0));
  process.stdin.on("error", () => process.exit(0));
  process.stdin.resume();
}

void main();
