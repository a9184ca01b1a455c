import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { Cloud } from "../../sandbox/cloud";
import { EngineStack, resourcesOf } from "../support/engine";
import { example, exampleAzure } from "../support/example";

/** What only Azure does to a deployment, and each cloud on its own. */
describe("one cloud (engine, simulated)", () => {
  let stack: EngineStack;
  afterEach(() => stack.remove());
  const open = (host: string): boolean => new Cloud(stack.cloud).sources(host, 5986).length > 0;
  const account = (change: (account: Record<string, unknown>) => object): void => {
    const file = join(stack.cloud, "account.json");
    const old = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    writeFileSync(file, JSON.stringify({ ...old, ...change(old) }));
  };

  for (const [cloud, settings, host, other] of [["aws", example(), "web-1", /^azure-native/], ["azure", exampleAzure(), "app-1", /^aws/]] as const) {
    it(`works without the other: ${cloud}`, async () => {
      stack = await new EngineStack(settings).init();
      const up = await stack.up();
      expect(up.code, up.output).to.equal(0);
      expect(open(host)).to.equal(true);
      expect((await resourcesOf(stack)).filter(({ type }) => other.test(type.replace("pulumi:providers:", "")))).to.deep.equal([]);
    });
  }

  it("waits for roles that need their time to work", async () => {
    stack = await new EngineStack(exampleAzure(), { faults: [{ role: "azure-role-reads", reads: 3 }, { role: "azure-vault-role", reads: 6 }, { role: "azure-role-writes-audits", reads: 2 }] }).init();
    const up = await stack.up();
    expect(up.code, up.output).to.equal(0);
    expect([open("app-1"), open("app-2")]).to.deep.equal([true, true]);
  });

  it("stops at a certificate that is not in the vault yet, says which, and goes on when it is", async () => {
    stack = await new EngineStack(exampleAzure()).init();
    const delivered = { certificates: [] as object[] };
    account((old) => ((delivered.certificates = old["certificates"] as object[]), { certificates: [] }));
    for (const certificate of new Cloud(stack.cloud).list("azure:keyvault/certificate")) new Cloud(stack.cloud).store.remove(certificate.type, certificate.id);
    const first = await stack.up();
    expect(first.code).to.not.equal(0);
    expect(first.output).to.match(/winrm-app-1/);
    expect([open("app-1"), open("app-2")]).to.deep.equal([false, false]);

    account(() => delivered);
    stack.configure(exampleAzure());
    const second = await stack.up();
    expect(second.code, second.output).to.equal(0);
    expect([open("app-1"), open("app-2")]).to.deep.equal([true, true]);
  });
});
