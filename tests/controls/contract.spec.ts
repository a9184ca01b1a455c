import { expect } from "chai";
import { catalogue, enforced } from "../../components/controls/catalogue";
import type { Control, GuestProfile } from "../../components/controls/control";
import { guestDocument } from "../../components/guest/document";
import type { GuestResource } from "../../components/guest/kinds";
import { resourceKey } from "../../components/guest/resource-key";
import { parseSettings } from "../../components/settings/settings";
import { badAzureStacks } from "../settings/bad-azure-stacks";
import { badStacks } from "../settings/bad-stacks";
import { found, reboot, sabotage, waysToSpoil, windowsAdmits } from "../../sandbox/windows";
import { booted as asDelivered, gate, look, maintain, NODE, NOW } from "../sandbox/windows/lab";
import { SECOND, TWO_ADDRESSES } from "../sandbox/windows/kinds-lab";
import { fallsWith, onlySeen, waitsForBoot } from "../sandbox/windows/ties";
import { ROOT_DER } from "../sandbox/windows/pki";
import { CONTEXT, example, exampleAzure, settingsOf } from "../support/example";

const settings = settingsOf({ ...example(), certificate: { trustedRoots: [`-----BEGIN CERTIFICATE-----\n${ROOT_DER}\n-----END CERTIFICATE-----`] } });
// Whatever else a profile takes from the settings has their name for it.
const profile: GuestProfile = { ...settings, certificateFrom: "secret", wildcard: false };
const document = guestDocument(profile, enforced).text;
const asked = { document, host: TWO_ADDRESSES, cloud: { addresses: [...TWO_ADDRESSES.addresses, SECOND] } };
/** Patching is the cloud's: the run only looks at what has become of it. */
const booted = (): ReturnType<typeof asDelivered> => found.patched(asDelivered(), NOW);
const proven = gate(booted(), asked).state;

/** Every resource of the catalogue, with the controls that declare it. */
const declared = new Map<string, { resource: GuestResource; controls: string[] }>();
for (const control of enforced) {
  for (const resource of control.guest(profile)) {
    const entry = declared.get(resourceKey(resource)) ?? { resource, controls: [] };
    entry.controls.push(control.id);
    declared.set(resourceKey(resource), entry);
  }
}

describe("every control", () => {
  for (const control of catalogue) {
    describe(control.id, () => complete(control));
  }
});

function complete(control: Control): void {
  it("says what it demands, for whom, and where it is enforced", () => {
    expect(control.title.length).to.be.greaterThan(10);
    expect(control.guideline.length).to.be.greaterThan(20);
    expect(control.layers).to.not.deep.equal([]);
  });

  it("accepts the example's settings", () => expect(control.plan(settings)).to.deep.equal([]));

  it("fails on a host as the vendor delivers it", () => {
    const { verdict } = gate(asDelivered(), { ...asked, parameters: { Mode: "Audit" } });
    expect(verdict.controls[control.id]).to.equal("fail");
  });

  it("passes on the state that its own apply leaves", () => {
    const { verdict } = look(proven, asked);
    expect(verdict.controls[control.id]).to.equal("pass");
  });

  it("is unknown to a host that has never been asked: no answer is no pass", () => {
    const { verdict } = look(booted(), asked);
    expect(verdict.verdict).to.equal("unknown");
    expect(verdict.controls[control.id]).to.not.equal("pass");
  });

  it("expects from outside what its guest resources set", () => {
    const resources = [...declared.values()].map(({ resource }) => resource);
    for (const expectation of control.probe(profile)) {
      switch (expectation.see) {
        case "open":
          expect(resources.some((r) => r.kind === "listener" && r.ensure === "present" && r.port === expectation.port)).to.equal(true);
          break;
        case "closed":
          // 80 is IIS's too: what closes it is that WinRM's compatibility listener is off.
          expect(
            resources.some((r) => r.kind === "firewallRule" && r.action === "Block" && r.ports.includes(expectation.port)) ||
              (expectation.port === 80 && resources.some((r) => r.kind === "wsman" && r.path === "Service/EnableCompatibilityHttpListener" && r.value === "false")),
          ).to.equal(true);
          break;
        case "certificate":
          expect(resources.find((r) => r.kind === "certificate")).to.include({ eku: expectation.eku, minimumDaysLeft: expectation.minimumDaysLeft });
          break;
        case "tls":
          for (const [protocols, value] of [[expectation.offered, 1], [expectation.refused, 0]] as const) {
            for (const protocol of protocols) expect(resources.find((r) => r.kind === "registry" && r.path.endsWith(`\\${protocol}\\Server`) && r.name === "Enabled"), protocol).to.include({ value });
          }
          break;
        case "schemes":
          for (const scheme of expectation.refused) expect(resources.find((r) => r.kind === "wsman" && r.path === `Service/Auth/${scheme}`)).to.include({ value: "false" });
          for (const scheme of expectation.offered) expect(resources.find((r) => r.kind === "wsman" && r.path === `Service/Auth/${scheme}`)).to.include({ value: "true" });
          break;
        case "silence":
          expect(resources.some((r) => r.kind === "answer" && r.expect === "none" && r.port === expectation.port)).to.equal(true);
          break;
        default: {
          const never: never = expectation;
          throw new Error(String(never));
        }
      }
    }
  });
}

describe("the plan of controls", () => {
  const refusedBy = (control: Control, stacks: readonly object[]): boolean =>
    stacks.some((stack) => {
      const { settings: parsed } = parseSettings(JSON.parse(JSON.stringify(stack)), CONTEXT);
      return parsed !== undefined && control.plan(parsed).length > 0;
    });
  const bad = {
    AWS: badStacks.map(({ spoil }) => spoilt(example(), spoil)),
    Azure: badAzureStacks.map(({ spoil, from }) => spoilt((from ?? exampleAzure)(), spoil)),
  };
  // What these demand shows in the shape of the settings already.
  const BY_SHAPE = new Map<string, string>([["kerberos-or-ntlm", "account"], ["strong-passwords", "passwords"], ["script-block-logging", "logging.powershell"], ["least-privilege", "jea"], ["up-to-date", "updates"]]);
  const planning = enforced.filter(({ id, layers }) => layers.includes("plan") && !BY_SHAPE.has(id));

  for (const control of planning) {
    for (const [cloud, stacks] of Object.entries(bad)) {
      it(`of ${control.id} refuses something in ${cloud}`, () => expect(refusedBy(control, stacks)).to.equal(true));
    }
  }

  for (const [id, section] of BY_SHAPE) {
    it(`of ${id} is in the shape of ${section}`, () => expect(badStacks.filter(({ key }) => key.startsWith(section)).length).to.be.greaterThan(0));
  }

  it("is asked of Azure's example too", () => {
    const { settings: parsed } = parseSettings(exampleAzure(), CONTEXT);
    for (const control of enforced) expect(parsed && control.plan(parsed), control.id).to.deep.equal([]);
  });
});

function spoilt<Stack>(stack: Stack, spoil: (stack: Stack) => void): Stack {
  spoil(stack);
  return stack;
}

describe("sabotage of each declared setting", () => {
  for (const [key, { resource, controls }] of declared) {
    // Looked at, never set: what makes it wrong is somebody else's, and a run must not hide it.
    const after = onlySeen(resource) ? "fail" : "pass";
    for (const way of waysToSpoil(resource)) {
      it(`${key}, ${way}: fails ${controls.join(" and ")} and is ${after === "pass" ? "repaired by the next run" : "still reported by the next run"}`, () => {
        const spoiled = sabotage(proven, resource, NOW, way);
        const { verdict } = look(spoiled, asked);
        const named = verdict.findings.filter((finding) => finding.key === key).map((finding) => finding.control);
        // The line has no room for all of them; each control has its first.
        if (verdict.omitted === 0) expect(named).to.have.members(controls);
        for (const control of controls) expect(verdict.controls[control], control).to.equal("fail");
        const fallen = Object.entries(verdict.controls).filter(([, outcome]) => outcome !== "pass").map(([id]) => id);
        const may = [...declared.values()].filter((other) => fallsWith(resource, other.resource)).flatMap((other) => other.controls);
        expect([...controls, ...may]).to.include.members(fallen);
        const run = maintain(spoiled, asked);
        if (waitsForBoot(resource)) reboot(run.state);
        const mended = waitsForBoot(resource) ? maintain(run.state, asked).verdict : run.verdict;
        for (const control of controls) expect(mended.controls[control], control).to.equal(after);
      });
    }
  }

  it("keeps the door shut where the control is a gate, and only there", () => {
    for (const control of enforced) {
      const run = gate(booted(), { ...asked, cloud: { ...asked.cloud, stuck: control.id } });
      const first = [...declared.values()].find(({ controls }) => controls.includes(control.id));
      if (!first) continue;
      expect(run.verdict.controls[control.id], control.id).to.equal("fail");
      expect(windowsAdmits(run.state, 5986, NODE), control.id).to.equal(!stopsTheDoor(control.id));
    }
  });
});

/** The fault takes the first of a control's resources that can be set, which other controls may declare too. */
function stopsTheDoor(id: string): boolean {
  const own = [...declared.values()].filter(({ controls }) => controls.includes(id));
  const victim = own.find(({ resource }) => !onlySeen(resource)) ?? own[0];
  return enforced.some((control) => control.gate && victim?.controls.includes(control.id));
}
