import * as pulumi from "@pulumi/pulumi";
import { NetworkInterface } from "@pulumi/azure-native/network";
import { expect } from "chai";
import { withoutOldAliases } from "../../components/azure/aliases";
import { AzureFleet } from "../../components/azure/fleet";
import { existingNetwork, exampleAzure, planOf } from "../support/azure";
import { CONTEXT } from "../support/example";
import { recorder, settled, type Recorded } from "../support/mocks";

const find = (recorded: readonly Recorded[], name: string): Recorded => {
  const found = recorded.find((one) => one.name === name);
  if (!found) throw new Error(`${name} was not registered`);
  return found;
};

describe("component of a fleet in Azure", () => {
  for (const preview of [false, true]) {
    describe(preview ? "at preview, everything computed unknown" : "at deployment", () => {
      let recorded: Recorded[];
      before(async () => {
        recorded = await recorder(preview);
        new AzureFleet("azure", { ...exampleAzure(), ...CONTEXT });
        await settled(recorded);
      });

      it("registers exactly the plan's resources, a component for the fleet, and one for each host", () => {
        const planned = planOf(exampleAzure()).map(({ name, type }) => `${type} ${name}`);
        expect(recorded.map(({ name, type }) => `${type} ${name}`)).to.have.members([
          ...planned,
          "secure-winrm:azure:Fleet azure",
          "secure-winrm:azure:Host app-1",
          "secure-winrm:azure:Host app-2",
        ]);
      });

      it("starts the reader by a path that is the same on every machine", () => {
        for (const task of ["prepare", "gate", "audit"]) expect(find(recorded, `app-1-${task}`).inputs["create"]).to.equal(`node cli/reader.mjs ${task}`);
      });
    });
  }

  it("opens the door in the host's own group once the gate has spoken", async () => {
    const recorded = await recorder(false);
    new AzureFleet("azure", { ...exampleAzure(), ...CONTEXT });
    await settled(recorded);
    expect(find(recorded, "app-1-door").inputs).to.include({ networkSecurityGroupName: "app-1-door-nsg-name", priority: 100, destinationPortRange: "5986" });
  });

  for (const line of ['{"verdict":"fail"}', "", `{"verdict":"pass","gate":"${"0".repeat(64)}"}`]) {
    it(`names no group for a gate that says ${JSON.stringify(line)}`, async () => {
      const recorded = await recorder(false, line);
      new AzureFleet("azure", { ...exampleAzure(), ...CONTEXT });
      await settled(recorded);
      expect(find(recorded, "app-1-door").inputs).to.include({ networkSecurityGroupName: "secure-winrm-no-group" });
    });
  }

  it("asks the gate for this machine by the id that it knows itself by, over the run command", async () => {
    const recorded = await recorder(false);
    new AzureFleet("azure", { ...exampleAzure(), ...CONTEXT });
    await settled(recorded);
    const { environment } = find(recorded, "app-1-gate").inputs as { environment: Record<string, string> };
    expect(environment["SECURE_WINRM_INSTANCE"]).to.equal("app-1-vm-vm-id");
    const request = JSON.parse(environment["SECURE_WINRM_REQUEST"] ?? "") as Record<string, unknown>;
    expect(request).to.include({ cloud: "azure", vm: "app-1-vm-id", identity: "client", script: "https://azure-storage-name.blob.core.windows.net/winrm/winrm.ps1", nodes: "https://azure-storage-name.blob.core.windows.net/winrm/nodes.json" });
  });

  it("writes the script without the names that only the deployment knows", async () => {
    const recorded = await recorder(false);
    new AzureFleet("azure", { ...exampleAzure(), ...CONTEXT });
    await settled(recorded);
    const { source } = find(recorded, "azure-script").inputs as { source: { text: Promise<string> } };
    const text = await source.text;
    expect(text).to.match(/^param\(/).and.include("NodesUrl = $WinrmNodesUrl").and.include("Identity = $WinrmIdentity");
    expect(text).to.not.include("azure-storage-name").and.not.include("'client'");
  });

  it("refuses bad arguments with one error that prints clean, before anything is registered", async () => {
    const recorded = await recorder(false);
    const stack = exampleAzure();
    stack.account.transport = "basic";
    stack.automation.nodes = [];
    expect(() => new AzureFleet("azure", { ...stack, ...CONTEXT })).to.throw(pulumi.RunError, /2 problems[\s\S]*account\.transport[\s\S]*automation\.nodes/);
    await settled(recorded);
    expect(recorded).to.deep.equal([]);
  });

  describe("and its aliases", () => {
    class Parent extends pulumi.ComponentResource {
      constructor(opts?: pulumi.ComponentResourceOptions) {
        super("test:index:Parent", "parent", {}, opts);
      }
    }
    const aliasesOf = (parent: Parent, aliases: pulumi.Alias[] = []): number => {
      const nic = new NetworkInterface("nic", { resourceGroupName: "group" }, { parent, aliases });
      return (Reflect.get(nic, "__aliases") as unknown[]).length;
    };
    beforeEach(() => recorder(false));

    it("are left out where they only name old versions of the API", () => {
      expect(aliasesOf(new Parent())).to.be.greaterThan(50);
      expect(aliasesOf(new Parent(withoutOldAliases()))).to.equal(0);
    });
    it("stay where somebody has set them", () => {
      expect(aliasesOf(new Parent(withoutOldAliases()), [{ name: "interface" }, { type: "test:index:Interface" }])).to.equal(2);
    });
  });

  const cold = existingNetwork(exampleAzure());
  cold.updates = { hotpatch: true };
  const hotpatched = existingNetwork(exampleAzure());
  hotpatched.updates = { hotpatch: true };
  hotpatched.azure.defaults = { ...hotpatched.azure.defaults, image: "MicrosoftWindowsServer:WindowsServer:2022-datacenter-azure-edition-core:20348.2700.240905" };
  const ways: readonly (readonly [string, ReturnType<typeof exampleAzure>, readonly RegExp[]])[] = [
    ["what one more node costs, where the subnets' group is not made here", existingNetwork(exampleAzure()), [/one more node changes 2 rules/]],
    ["that nothing gets out of subnets that are made here", exampleAzure(), [/no event leaves a host.*natGateway/, /reach no updates/]],
    ["to whom no hotpatches come", cold, [/one more node/, /has no effect on app-1, app-2/]],
    ["that hotpatches come at Azure's hours, and to whom", hotpatched, [/one more node/, /Azure chooses the hours itself.*app-1, app-2/]],
    ["how long a workspace keeps events that are asked for longer", { ...existingNetwork(exampleAzure()), logging: { retentionDays: 3653 } }, [/one more node/, /kept for 730 days, not 3653/]],
    ["nothing where nothing is to say", { ...exampleAzure(), guest: { proxy: "http://proxy.corp.example:3128" } }, []],
  ];
  for (const [what, stack, lines] of ways) it(`says at preview ${what}`, async () => {
    const said: string[] = [];
    const { info } = pulumi.log;
    {
      const recorded = await recorder(true);
      Object.defineProperty(pulumi.log, "info", { configurable: true, value: (text: string) => (said.push(text), Promise.resolve()) });
      try {
        new AzureFleet("azure", { ...stack, ...CONTEXT });
        await settled(recorded);
      } finally {
        Object.defineProperty(pulumi.log, "info", { configurable: true, value: info });
      }
      expect(said, said.join("\n")).to.have.length(lines.length);
      lines.forEach((line, i) => expect(said[i]).to.match(line));
    }
  });
});
