import { armEnvironment, startArmEndpoint } from "./arm/http";
import { ec2Environment, startEc2Endpoint } from "./ec2/http";
import { ssmEnvironment, startSsmEndpoint } from "./ssm/http";
import type { CloudStore } from "./store/store";

export interface Channels {
  /** What a client's process needs to find them, and nothing else of any cloud. */
  readonly environment: Readonly<Record<string, string>>;
  close(): void;
}

/** The control channels of both clouds, and where doors are looked for, on this machine alone. */
export async function startChannels(store: CloudStore): Promise<Channels> {
  const endpoints = await Promise.all([startSsmEndpoint(store), startEc2Endpoint(store), startArmEndpoint(store)]);
  const [ssm, ec2, arm] = endpoints;
  return {
    environment: { ...ssmEnvironment(ssm.url), ...ec2Environment(ec2.url), ...armEnvironment(arm.url) },
    close: () => endpoints.forEach((endpoint) => endpoint.close()),
  };
}
