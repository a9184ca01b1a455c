import { startChannels } from "./channels";
import { cloudFolder } from "./store/location";
import { CloudStore } from "./store/store";

/** `node --require tsx/cjs sandbox/endpoint.ts`: prints one line, the environment in which clients find the control channels, and serves until standard input closes. */
async function main(): Promise<void> {
  const { environment } = await startChannels(new CloudStore(cloudFolder()));
  process.stdout.write(`${JSON.stringify(environment)}\n`);
  process.stdin.on("end", () => process.exit(0));
  process.stdin.on("error", () => process.exit(0));
  process.stdin.resume();
}

void main();
