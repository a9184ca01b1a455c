import { expect } from "chai";
import { planAws } from "../../components/aws/plan";
import { standingExceptions } from "../../components/controls/standing";
import { fleetSummary } from "../../components/fleet/component";
import { planAzure } from "../../components/azure/plan";
import type { Planned } from "../../components/graph/planned";
import { azureSettingsOf } from "../support/azure";
import { example, exampleAzure, settingsOf } from "../support/example";
import { approved } from "../support/stacks";

/** What stands in the environment of a host's gate, beside the values that are known only later. */
const asked = (plan: readonly Planned[], name: string): string => JSON.stringify(Reflect.get(plan.find((one) => one.name === name)?.inputs ?? {}, "environment")).replaceAll("\\", "");

const plans = {
  AWS: { plan: planAws(settingsOf(example()), { script: "", fetch: "", reader: "" }), host: "web-1" },
  Azure: { plan: planAzure(azureSettingsOf(exampleAzure()), { script: "", reader: "" }), host: "app-1" },
};

describe("standing exceptions", () => {
  const settings = settingsOf({ ...example(), exceptions: [approved("windows-firewall", "vendor rules")] });

  it("stand in the state beside those that somebody approved", () => {
    const summary = fleetSummary("aws", "eu-central-1", settings);
    expect(summary).to.deep.include({ standing: standingExceptions(settings) });
    expect(Reflect.get(summary, "exceptions")).to.have.length(1);
  });

  it("name the session configuration of an account that works in one of its own", () => {
    const endpoint = settingsOf({ ...example(), account: { ...example().account, escalation: "endpoint" }, exceptions: [approved("runas-escalation", "endpoint-recorded")] });
    expect(Reflect.get(fleetSummary("aws", "eu-central-1", endpoint), "ansible")).to.include({ configuration: "secure-winrm" });
    expect(Reflect.get(fleetSummary("aws", "eu-central-1", settings), "ansible")).to.not.have.property("configuration", "secure-winrm");
  });

  for (const [cloud, { plan, host }] of Object.entries(plans)) {
    for (const role of ["gate", "audit"]) {
      it(`make an exception of their controls in the ${role} of a host in ${cloud}, once each and for ever`, () => {
        const text = asked(plan, `${host}-${role}`);
        for (const control of new Set(standingExceptions(settings).map((one) => one.control))) {
          expect(text.split(`{"control":"${control}","expires":"9999-12-31"}`), control).to.have.length(2);
        }
      });
    }
  }
});
