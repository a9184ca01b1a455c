import { expect } from "chai";
import { resourceKey } from "../../../components/guest/resource-key";
import { reboot, sabotage, WANTS_RESTART, windowsAdmits, type HostState } from "../../../sandbox/windows";
import { registryKey } from "../../../sandbox/windows/state";
import { documentFrom, first, fresh, ready, resources, whole, written } from "./kinds-lab";
import { failed, gate, gateOnce, maintain, NODE, NONCE, NOW } from "./lab";
import { waitsForBoot } from "./ties";

const boot = resources.filter(waitsForBoot);
const [one] = boot;
if (one?.kind !== "registry") throw new Error("the document by hand has no value that waits for a start");
const key = registryKey(one.path, one.name);

const asks = ({ history }: { history: ReturnType<typeof gateOnce>["history"] }): number => history.filter(({ what }) => what === "reboot").length;
const isShut = (state: HostState): boolean => !windowsAdmits(state, 5986, NODE);

describe("model of Windows, a start of the machine", () => {
  it("is asked for by a gate run, with Windows' own exit code, and never done by it", () => {
    const run = gateOnce(fresh(), whole());
    expect(run).to.include({ exitCode: WANTS_RESTART, reboot: true });
    expect(WANTS_RESTART).to.equal(3010);
    expect(run.verdict).to.include({ verdict: "unknown", reboot: true });
    expect(run.state.boots).to.equal(fresh().boots);
    expect(isShut(run.state)).to.equal(true);
    reboot(run.state);
    expect(isShut(run.state), "a start opens nothing").to.equal(true);
    const second = gateOnce(run.state, whole());
    expect(second).to.include({ exitCode: 0, reboot: false });
    expect(isShut(second.state)).to.equal(false);
  });

  it("is asked for once for each question: the same one again waits, the next one asks", () => {
    const run = gateOnce(fresh(), whole());
    const same = gateOnce(run.state, whole());
    expect(same).to.include({ exitCode: 1, reboot: false });
    expect(same.verdict.controls[resourceKey(one)]).to.equal("unknown");
    expect(asks(same)).to.equal(0);
    expect(isShut(same.state)).to.equal(true);
    const next = gateOnce(same.state, whole({ parameters: { Nonce: `${NONCE}4` } }));
    expect(next).to.include({ exitCode: WANTS_RESTART, reboot: true });
    const nobody = gateOnce(fresh(), whole({ parameters: { Nonce: "" } }));
    expect(nobody, "nobody waits for an answer").to.include({ exitCode: 1, reboot: false });
  });

  it("is not asked for ever where somebody spoils the value at every start", () => {
    const start = fresh();
    start.localPolicy[key] = { type: "DWord", value: 7 };
    const run = gate(start, whole());
    expect(asks(run)).to.equal(1);
    expect(run).to.include({ exitCode: 1, reboot: false });
    expect(run.verdict.controls[resourceKey(one)]).to.equal("unknown");
    expect(isShut(run.state)).to.equal(true);
  });

  it("is not asked for what no door waits for: that stays unknown, and the door opens", () => {
    const document = documentFrom(written().map((entry) => (boot.includes(entry.resource) ? { ...entry, gate: false } : entry)));
    const run = gateOnce(fresh(), whole({ document }));
    expect(run).to.include({ exitCode: 0, reboot: false });
    expect(failed(run)).to.have.members(boot.map(resourceKey));
    expect(isShut(run.state)).to.equal(false);
  });

  it("is not asked for by maintenance: unknown until somebody starts the machine", () => {
    const run = maintain(sabotage(ready(), one, NOW), whole());
    expect(run).to.include({ exitCode: 1, reboot: false });
    expect(run.verdict.verdict).to.equal("unknown");
    expect(run.verdict.findings[0]?.found).to.contain("acts after the next start of the machine");
    expect(isShut(run.state), "who works goes on").to.equal(false);
    reboot(run.state);
    expect(maintain(run.state, whole()).verdict.verdict).to.equal("pass");
  });

  it("ends sessions, brings policies, and starts what starts by itself", () => {
    const { state } = first();
    state.sessions = 2;
    state.registry[key] = { type: "DWord", value: 7 };
    state.localPolicy[key] = { type: "DWord", value: 0 };
    state.services["winrm"] = { startup: "Automatic", state: "Stopped" };
    reboot(state);
    expect(state).to.include({ sessions: 0 });
    expect(state.registry[key]?.value).to.equal(0);
    expect(state.services["winrm"]?.state).to.equal("Running");
    expect(state.services["seclogon"]?.state).to.equal("Stopped");
  });
});
