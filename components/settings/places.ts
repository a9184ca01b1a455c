import type { AwsHost } from "./aws";
import type { AzureHost } from "./azure";
import type { Settings } from "./settings";

/** A host, wherever it lives, with what the controls judge. */
export interface PlacedHost {
  readonly cloud: "aws" | "azure";
  /** Where it stands in the stack file: `azure.hosts.web-1`. */
  readonly key: string;
  readonly name: string;
  readonly host: Pick<AwsHost & AzureHost, "addresses" | "listen" | "dnsName" | "subnet">;
  /** Subnets of its section, by name. */
  readonly subnets: Readonly<Record<string, { readonly cidr?: string }>>;
  /** Name of its certificate in the cloud's store, as it is written, and where. */
  readonly certificate: { readonly key: string; readonly template: string };
}

/** Every host of a stack, section by section in the order of the stack file's schema. */
export function hostsOf({ aws, azure, certificate }: Pick<Settings, "aws" | "azure" | "certificate">): PlacedHost[] {
  const inAws = Object.entries(aws?.hosts ?? {}).map(([name, host]): PlacedHost => {
    const key = `aws.hosts.${name}`;
    const own = host.certificateSecret;
    return { cloud: "aws", key, name, host, subnets: aws?.network.subnets ?? {}, certificate: own === undefined ? { key: "certificate.secret", template: certificate.secret } : { key: `${key}.certificateSecret`, template: own } };
  });
  const inAzure = Object.entries(azure?.hosts ?? {}).map(([name, host]): PlacedHost => {
    const key = `azure.hosts.${name}`;
    const own = host.certificate;
    return { cloud: "azure", key, name, host, subnets: azure?.network.subnets ?? {}, certificate: own === undefined ? { key: "azure.vault.certificate", template: azure?.vault.certificate ?? "" } : { key: `${key}.certificate`, template: own } };
  });
  return [...inAws, ...inAzure];
}
