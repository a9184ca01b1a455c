import { expect } from "chai";
import { EVENTS } from "../../components/guest/events";
import { INSTANCE } from "../../sandbox/aws/types";
import { Cloud } from "../../sandbox/cloud";
import { Watch } from "../../sandbox/logs/watch";
import { CloudStore } from "../../sandbox/store/store";
import { EngineStack } from "../support/engine";
import { example } from "../support/example";

const topic = (name: string): string => `arn:aws:sns:eu-central-1:123456789012:${name}`;

function watched(): ReturnType<typeof example> {
  const stack = example();
  stack.aws.hosts = { "web-1": { addresses: ["10.20.1.10"], dnsName: "web-1.corp.example" } };
  stack.aws.alerts = { topicArn: topic("on-call") };
  stack.exceptions = [{ control: "up-to-date", what: "frozen image", reason: "the vendor has not released it", approvedBy: "J. Doe", expires: "2199-07-01" }];
  return stack;
}

describe("a host in AWS that is watched and patched (engine, simulated)", () => {
  let stack: EngineStack;
  after(() => stack.remove());
  const open = (): boolean => new Cloud(stack.cloud).sources("web-1", 5986).length > 0;

  it("is deployed with its logs, its window and its alerts, which work", async () => {
    stack = await new EngineStack(watched()).init();
    const up = await stack.up();
    expect(up.code, up.output).to.equal(0);
    expect(open()).to.equal(true);
    const store = new CloudStore(stack.cloud);
    const watch = new Watch(store, "eu-central-1");
    watch.host(store.list(INSTANCE)[0]?.id ?? "", [{ log: "Application", source: "secure-winrm", ...EVENTS.quarantined, at: "2026-06-01T12:00:00Z", computer: "EC2AMAZ-5J6IFSF", message: "shut" }]);
    expect(watch.told("2026-06-01T12:00:00Z", "2026-06-01T12:20:00Z").map(({ topic: to, by }) => [to, by])).to.deep.include([topic("on-call"), "secure-winrm-test-quarantine"]);
    const { schedule, duration } = store.list("aws:ssm/maintenanceWindow:MaintenanceWindow")[0]?.properties ?? {};
    expect([schedule, duration]).to.deep.equal(["cron(0 3 ? * SUN *)", 4]);
  });

  it("takes another retention, another window and another topic in place, and no host, gate or door hears of it", async () => {
    const start = stack.events().length;
    stack.configure({ ...watched(), logging: { retentionDays: 30 }, updates: { window: { day: "daily", start: "22:30", hours: 2 } }, aws: { ...watched().aws, alerts: { topicArn: topic("night-shift") } } });
    const up = await stack.up();
    expect(up.code, up.output).to.equal(0);
    const ops = stack.events().slice(start);
    expect([...new Set(ops.map(({ op }) => op))]).to.deep.equal(["update"]);
    expect([...new Set(ops.map(({ type }) => type.split(":").at(-1)))]).to.have.members(["LogGroup", "MaintenanceWindow", "MetricAlarm", "EventTarget"]);
    expect(open()).to.equal(true);
  });

  it("goes and leaves nothing", async () => {
    const { code, output } = await stack.destroy();
    expect(code, output).to.equal(0);
    expect(new Cloud(stack.cloud).made().map(({ type, id }) => `${type} ${id}`)).to.deep.equal([]);
  });
});
