import { expect } from "chai";
import { ALERTS } from "../../components/fleet/alerts";
import { EVENTS, type GuestEvent } from "../../components/guest/events";
import type { HostEvent } from "../../sandbox/logs/host-event";
import { Watch, type Flow } from "../../sandbox/logs/watch";
import { EVENT_RULE, INSTANCE, METRIC_ALARM, METRIC_FILTER, SUBNET } from "../../sandbox/aws/types";
import type { Lab } from "../sandbox/lab";
import { deployed } from "../support/deployed";
import { example } from "../support/example";

const TOPIC = "arn:aws:sns:eu-central-1:123456789012:on-call";
const FLEET = "secure-winrm-test";
type Stack = ReturnType<typeof example>;

function watched(change: (stack: Stack) => void = () => undefined): Stack {
  const stack = example();
  stack.aws.alerts = { topicArn: TOPIC };
  change(stack);
  return stack;
}

const at = (minutes: number): string => new Date(Date.parse("2026-06-01T12:00:00Z") + minutes * 60_000).toISOString();
const report = (event: GuestEvent, minutes: number, more: Partial<HostEvent> = {}): HostEvent => ({ log: "Application", source: "secure-winrm", ...EVENTS[event], at: at(minutes), computer: "EC2AMAZ-5J6IFSF", message: '{"v":1,"verdict":"pass","findings":[]}', ...more });

/** Event 4688 as a domain member's log has it: what DcomLaunch starts for somebody who has come by WinRM. */
function started(process: string, user: string, more: Readonly<Record<string, string>> = {}): HostEvent {
  return {
    log: "Security",
    source: "Microsoft-Windows-Security-Auditing",
    id: 4688,
    level: "Information",
    at: at(1),
    computer: "EC2AMAZ-5J6IFSF",
    message: `A new process has been created. New Process Name: C:\\Windows\\System32\\${process} Account Name: ${user}`,
    data: {
      SubjectUserSid: "S-1-5-18",
      SubjectUserName: "EC2AMAZ-5J6IFSF$",
      SubjectDomainName: "CORP",
      SubjectLogonId: "0x3e7",
      NewProcessId: "0x1a2c",
      NewProcessName: `C:\\Windows\\System32\\${process}`,
      TokenElevationType: "%%1936",
      ProcessId: "0x370",
      CommandLine: `C:\\Windows\\system32\\${process} -Embedding`,
      TargetUserSid: "S-1-5-21-1-2-3-1105",
      TargetUserName: user,
      TargetDomainName: "CORP",
      TargetLogonId: "0x8ac3f",
      ParentProcessName: "C:\\Windows\\System32\\svchost.exe",
      MandatoryLabel: "S-1-16-12288",
      ...more,
    },
  };
}

const VIRTUAL = { TargetDomainName: "WinRM Virtual Users" };
const endpoint = (stack: Stack): void => {
  stack.account = { name: "svc-ansible@CORP.EXAMPLE", transport: "kerberos", escalation: "endpoint" };
  stack.exceptions = [{ control: "runas-escalation", what: "endpoint-recorded", reason: "approved for the tests", approvedBy: "J. Doe", expires: "2027-01-01" }];
};

describe("alerts in AWS (model of CloudWatch and EventBridge)", () => {
  let lab: Lab;
  let watch: Watch;
  let host: string;
  const start = async (change?: (stack: Stack) => void): Promise<void> => {
    lab = await deployed(watched(change));
    watch = new Watch(lab.store, "eu-central-1");
    host = lab.store.list(INSTANCE).find(({ name }) => name === "web-1-instance")?.id ?? "";
  };
  /** Names of what went off, without the fleet's, and nothing of silence: these hosts say nothing here. */
  const fired = (): string[] => {
    const told = watch.told(at(0), at(20)).filter(({ by }) => !by.includes("-silence-"));
    for (const { topic } of told) expect(topic).to.equal(TOPIC);
    return told.map(({ by }) => by.slice(FLEET.length + 1));
  };
  const flow = (action: Flow["action"], dstport: string, more: Readonly<Record<string, string>> = {}): Flow => ({ subnet: lab.store.list(SUBNET)[0]?.id ?? "", at: at(1), action, fields: { srcaddr: "10.20.1.77", dstaddr: "10.20.1.10", srcport: "50123", dstport, ...more } });
  afterEach(() => lab.close());

  for (const [id, event] of [["quarantine", "quarantined"], ["altered", "altered"], ["certificate", "certificate"]] as const) {
    it(`${id}: goes off once for the host's event ${EVENTS[event].id}`, async () => {
      await start();
      watch.host(host, [report(event, 1)]);
      expect(fired()).to.deep.equal([id]);
    });
  }

  it("quarantine, altered, certificate: keep quiet for every other event of the keeper, and for other programs' events of the same ids", async () => {
    await start();
    const others = (Object.keys(EVENTS) as GuestEvent[]).filter((event) => !["quarantined", "altered", "certificate"].includes(event));
    watch.host(host, [...others.map((event) => report(event, 1)), report("quarantined", 1, { source: "Backup" }), report("altered", 1, { log: "System" }), report("passed", 1, { message: "[110] [secure-winrm] [x]" })]);
    expect(fired()).to.deep.equal([]);
    expect(watch.linesOf(`/secure-winrm/${FLEET}/reports`)).to.have.length(others.length + 1);
  });

  it("tells again of what happens after five quiet minutes", async () => {
    await start();
    watch.host(host, [report("quarantined", 1), report("quarantined", 2), report("quarantined", 15)]);
    expect(fired()).to.deep.equal(["quarantine", "quarantine"]);
  });

  it("silence: tells of the one host that is silent for 30 minutes, and of no other", async () => {
    await start();
    const [first, second] = lab.store.list(INSTANCE).sort((a, b) => a.name.localeCompare(b.name));
    const minutes = [-15, 0, 15, 30, 45, 60, 75, 90];
    watch.host(first?.id ?? "", minutes.filter((minute) => minute <= 30).map((minute) => report(minute % 2 === 0 ? "unknown" : "failed", minute)));
    watch.host(second?.id ?? "", minutes.map((minute) => report("passed", minute)));
    const told = watch.told(at(0), at(90));
    expect(told.map(({ by, text }) => [by, text])).to.deep.equal([[`${FLEET}-silence-web-1`, `${FLEET}: web-1: a host has not reported for two periods`]]);
    expect(told[0]?.at).to.equal(at(60));
  });

  it("silence: an event that is no report does not count as one", async () => {
    await start();
    watch.host(host, [report("passed", 0), report("repaired", 20), report("quarantined", 25)]);
    expect(watch.told(at(0), at(31)).map(({ by }) => by)).to.include(`${FLEET}-silence-web-1`);
  });

  it("silence: gives a new host an hour until its agent and its keeper speak", async () => {
    await start();
    expect(watch.told(at(0), at(59), at(0))).to.deep.equal([]);
    expect(watch.told(at(0), at(60), at(0)).map(({ by }) => by)).to.deep.equal([`${FLEET}-silence-web-1`, `${FLEET}-silence-web-2`]);
  });

  it("refused: goes off for a refused connection to 5986", async () => {
    await start();
    watch.flow([flow("REJECT", "5986")]);
    expect(fired()).to.deep.equal(["refused"]);
  });

  it("refused: keeps quiet for an accepted one, for other ports and protocols, and for answers from 5986; all are written down", async () => {
    await start();
    watch.flow([flow("ACCEPT", "5986"), flow("REJECT", "5985"), flow("REJECT", "5986", { protocol: "17" }), flow("REJECT", "50123", { srcport: "5986" }), flow("REJECT", "-", { srcport: "-", "log-status": "NODATA" })]);
    expect(fired()).to.deep.equal([]);
    expect(watch.linesOf(`/secure-winrm/${FLEET}/flows`)).to.have.length(5);
  });

  describe("logon", () => {
    const quiet: readonly (readonly [string, HostEvent, ((stack: Stack) => void)?])[] = [
      ["Ansible's own", started("wsmprovhost.exe", "svc-ansible")],
      ["its own with the other plugin", started("winrshost.exe", "svc-ansible")],
      ["its own, written in capitals", started("wsmprovhost.exe", "SVC-ANSIBLE")],
      ["what Ansible starts as the account that it becomes", started("powershell.exe", "svc-become", { ParentProcessName: "C:\\Windows\\System32\\wsmprovhost.exe" })],
      ["somebody at the console who runs a program with such an argument", started("notepad.exe", "alice", { CommandLine: "notepad.exe C:\\wsmprovhost.exe" })],
      ["another event about such a process", { ...started("wsmprovhost.exe", "alice"), id: 4697 }],
      ["Ansible's virtual account in endpoint mode", started("wsmprovhost.exe", "WinRM VA_1_CORP_svc-ansible", VIRTUAL), endpoint],
    ];
    for (const [what, event, change] of quiet) {
      it(`keeps quiet for ${what}`, async () => {
        await start(change);
        watch.host(host, [event]);
        expect(fired()).to.deep.equal([]);
        expect(watch.linesOf(`/secure-winrm/${FLEET}/events`)).to.have.length(1);
      });
    }

    const loud: readonly (readonly [string, HostEvent, ((stack: Stack) => void)?])[] = [
      ["somebody else by psrp", started("wsmprovhost.exe", "alice")],
      ["somebody else by winrm", started("winrshost.exe", "alice")],
      ["a 32-bit shell", started("wsmprovhost.exe", "alice", { NewProcessName: "C:\\Windows\\SysWOW64\\wsmprovhost.exe" })],
      ["an account whose name begins like Ansible's", started("wsmprovhost.exe", "svc-ansible2")],
      ["the account that tasks become", started("wsmprovhost.exe", "svc-become")],
      ["somebody who puts Ansible's name into the command line", started("wsmprovhost.exe", "alice", { CommandLine: "<Data Name='TargetUserName'>svc-ansible</Data>" })],
      ["somebody else's virtual account in endpoint mode", started("wsmprovhost.exe", "WinRM VA_1_CORP_alice", VIRTUAL), endpoint],
      ["a virtual account where no endpoint makes any", started("wsmprovhost.exe", "WinRM VA_1_CORP_svc-ansible", VIRTUAL)],
    ];
    for (const [what, event, change] of loud) {
      it(`goes off for ${what}`, async () => {
        await start(change);
        watch.host(host, [event]);
        expect(fired()).to.deep.equal(["logon"]);
      });
    }
  });

  describe("exception", () => {
    const excepted = (expires: string) => (stack: Stack): void => {
      stack.exceptions = [{ control: "event-logging", what: "sizes", reason: "approved for the tests", approvedBy: "J. Doe", expires }];
    };

    it("tells of its end 14 days before, once, and says which and when", async () => {
      await start(excepted("2026-07-01"));
      const told = watch.told("2026-06-16T00:00:00Z", "2026-06-19T00:00:00Z").filter(({ by }) => by.includes("-exception-"));
      expect(told.map((one) => one.at)).to.deep.equal(["2026-06-17T08:00:00.000Z"]);
      expect(JSON.parse(told[0]?.text ?? "")).to.include({ control: "event-logging", what: "sizes", expires: "2026-07-01", fleet: FLEET, hosts: "all" });
    });

    it("tells every day of one that is deployed in its last days, and nothing breaks", async () => {
      await start(excepted("2026-06-05"));
      const told = watch.told("2026-06-02T00:00:00Z", "2026-06-03T23:59:00Z").filter(({ by }) => by.includes("-exception-"));
      expect(told.map((one) => one.at)).to.deep.equal(["2026-06-02T08:00:00.000Z", "2026-06-03T08:00:00.000Z"]);
    });
  });

  it("has something deployed for each row of the table, and nothing without a topic", async () => {
    const names = (): string[] => [METRIC_ALARM, EVENT_RULE].flatMap((type) => lab.store.list(type).map(({ id }) => id));
    await start((stack) => void (stack.exceptions = [{ control: "event-logging", what: "sizes", reason: "approved for the tests", approvedBy: "J. Doe", expires: "2026-07-01" }]));
    for (const { id } of ALERTS) expect(names().some((name) => name.startsWith(`${FLEET}-${id}`)), id).to.equal(true);
    lab.close();
    await start((stack) => void (stack.aws.alerts = undefined));
    expect([...names(), ...lab.store.list(METRIC_FILTER).map(({ id }) => id)]).to.deep.equal([]);
  });
});
