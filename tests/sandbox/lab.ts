import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { awsPackage } from "../../sandbox/aws/main";
import { checkInputs, type Checked } from "../../sandbox/engine/check";
import { difference, type Difference } from "../../sandbox/engine/diff";
import * as lifecycle from "../../sandbox/engine/lifecycle";
import type { Call, Created, ProviderConfig, ProviderPackage, ResourceType } from "../../sandbox/engine/resource";
import type { JsonRecord } from "../../sandbox/store/json";
import { CloudStore } from "../../sandbox/store/store";

/** A cloud of its own for one test: the provider's operations without the engine and without gRPC. */
export class Lab {
  readonly root = mkdtempSync(join(tmpdir(), "sandbox-lab-"));
  readonly store = new CloudStore(this.root);
  config: ProviderConfig = { region: "eu-central-1", defaultTags: {} };
  /** What the engine's state knows of inputs, by id. */
  private readonly inputs = new Map<string, JsonRecord>();

  constructor(private readonly provider: ProviderPackage = awsPackage) {}

  account(account: object): void {
    writeFileSync(join(this.root, "account.json"), JSON.stringify(account));
  }

  type(token: string): ResourceType {
    const found = this.provider.resources.find((type) => type.token === token);
    if (found === undefined) throw new Error(`no ${token}`);
    return found;
  }

  check(token: string, news: object, olds: JsonRecord = {}, name = "thing"): Checked {
    return checkInputs(this.type(token), { name, news: news as JsonRecord, olds, randomSeed: Buffer.from("seed"), config: this.config });
  }

  /** "property: reason" of every problem. */
  problems(token: string, news: object): string[] {
    return this.check(token, news).problems.map(({ property, reason }) => `${property}: ${reason}`);
  }

  diff(token: string, olds: JsonRecord, news: object, oldInputs: object = olds): Difference {
    return difference(this.type(token), olds, news as JsonRecord, oldInputs as JsonRecord);
  }

  private call(name: string, inputs: JsonRecord, oldInputs?: JsonRecord): Call {
    return { store: this.store, config: this.config, urn: `urn:pulumi:s::p::t::${name}`, name, inputs, oldInputs, cancelled: new AbortController().signal };
  }

  private checked(token: string, news: object, name: string): JsonRecord {
    const { inputs, problems } = this.check(token, news, {}, name);
    if (problems.length > 0) throw new Error(problems.map(({ property, reason }) => `${property}: ${reason}`).join("; "));
    return inputs;
  }

  async create(token: string, news: object, name = "thing"): Promise<Created> {
    const inputs = this.checked(token, news, name);
    const created = await lifecycle.create(this.type(token), this.call(name, inputs));
    this.inputs.set(created.id, inputs);
    return created;
  }

  async update(token: string, id: string, news: object, name = "thing"): Promise<JsonRecord> {
    const olds = this.store.get(token, id)?.properties ?? {};
    const inputs = this.checked(token, news, name);
    const updated = await lifecycle.update(this.type(token), this.call(name, inputs, this.inputs.get(id)), id, olds);
    this.inputs.set(id, inputs);
    return updated;
  }

  delete(token: string, id: string, name = "thing"): Promise<void> {
    return lifecycle.remove(this.type(token), this.call(name, {}), id, {});
  }

  async read(token: string, id: string): Promise<JsonRecord | undefined> {
    return this.type(token).read(this.call("thing", {}), id, {});
  }

  close(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** What an operation refuses with; fails when it does not. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error("it was not refused");
}

export interface Network {
  readonly vpc: string;
  readonly subnet: string;
  readonly group: string;
}

export async function makeNetwork(lab: Lab): Promise<Network> {
  const vpc = (await lab.create("aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/16" })).id;
  const subnet = (await lab.create("aws:ec2/subnet:Subnet", { vpcId: vpc, cidrBlock: "10.0.1.0/24" })).id;
  const group = (await lab.create("aws:ec2/securityGroup:SecurityGroup", { vpcId: vpc }, "door")).id;
  return { vpc, subnet, group };
}

export const AMI = "ami-0123456789abcdef0";
export const MANAGED_CORE = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";

export interface Host extends Network {
  readonly nic: string;
  readonly instance: string;
  readonly profile: string;
  readonly role: string;
}

/** A managed host named `web-1` on 10.0.1.10. */
export async function makeHost(lab: Lab, tags: Readonly<Record<string, string>> = {}): Promise<Host> {
  const network = await makeNetwork(lab);
  const trust = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }] };
  const role = (await lab.create("aws:iam/role:Role", { name: "hosts", assumeRolePolicy: JSON.stringify(trust) })).id;
  await lab.create("aws:iam/rolePolicyAttachment:RolePolicyAttachment", { role, policyArn: MANAGED_CORE });
  const profile = (await lab.create("aws:iam/instanceProfile:InstanceProfile", { name: "hosts", role })).id;
  const nic = (
    await lab.create("aws:ec2/networkInterface:NetworkInterface", {
      subnetId: network.subnet,
      privateIpListEnabled: true,
      privateIpLists: ["10.0.1.10"],
      securityGroups: [network.group],
    })
  ).id;
  const instance = (
    await lab.create(
      "aws:ec2/instance:Instance",
      { ami: AMI, instanceType: "m5.large", primaryNetworkInterface: { networkInterfaceId: nic }, iamInstanceProfile: profile, tags },
      "web-1-instance",
    )
  ).id;
  return { ...network, nic, instance, profile, role };
}

