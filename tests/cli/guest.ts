import { randomUUID } from "node:crypto";
import type { GuestVerdict } from "../../components/evidence/verdict";
import { AwsError, type Handler, type Reply } from "./ssm-server";

export const INSTANCE_ID = "i-0123456789abcdef0";
export const DOOR_GROUP = "sg-0123456789abcdef0";
export const GATE = "a".repeat(64);
export const GENERATION = "b".repeat(64);
export const NODES = "c".repeat(64);
export const CONTROLS = ["https-listener", "no-http-listener"];

const RUNS = ["Gate", "Pause", "Resume"] as const;

export const hostRequest = (more: object = {}) => ({
  cloud: "aws",
  region: "eu-central-1",
  host: "web-1",
  doorGroup: DOOR_GROUP,
  document: "fleet-winrm",
  logGroup: "/secure-winrm/fleet",
  parameters: { host: "web-1", name: "web-1.corp.example", addresses: ["10.0.1.10"], listen: ["10.0.1.10"], secret: "winrm/web-1" },
  gate: GATE,
  exceptions: [] as { control: string; expires: string }[],
  controls: CONTROLS,
  timeoutMinutes: 0.5,
  ...more,
});

export type Change = (verdict: GuestVerdict) => GuestVerdict;
type Parameters = Readonly<Record<string, readonly string[]>>;

/** The pass of a host that has been asked with these parameters. */
export function passing(instance: string, parameters: Parameters): GuestVerdict {
  const one = (name: string) => parameters[name]?.[0] ?? "";
  return {
    v: 1,
    instance,
    gate: one("Run") === "Gate" ? one("Gate") : GATE,
    generation: GENERATION,
    nodes: NODES,
    nonce: one("Nonce"),
    mode: one("Mode") === "Apply" ? "Apply" : "Audit",
    run: RUNS.find((run) => run === one("Run")) ?? "Maintenance",
    awaitingGate: false,
    verdict: "pass",
    controls: Object.fromEntries(CONTROLS.map((id) => [id, "pass" as const])),
    findings: [],
    omitted: 0,
    simulated: true,
  };
}

export const failing: Change = (verdict) => ({
  ...verdict,
  verdict: "fail",
  controls: { ...verdict.controls, "no-http-listener": "fail" },
  findings: [{ control: "no-http-listener", key: "listener HTTP", verdict: "fail", expected: "absent", found: "HTTP on *:5985" }],
});

export interface Fleet {
  readonly instances?: readonly string[];
  /** What each host answers, instead of a pass. */
  readonly change?: (verdict: GuestVerdict, instance: string) => GuestVerdict;
  readonly output?: (verdict: GuestVerdict) => string;
  /** Status of the nth look at an invocation. */
  readonly status?: (nth: number, verdict: GuestVerdict) => string;
  readonly replace?: Readonly<Record<string, Handler>>;
}

/** Managed nodes that answer by the book, but for what a test changes. */
export function fleet({ instances = [INSTANCE_ID], change = (verdict) => verdict, output, status, replace = {} }: Fleet = {}): Record<string, Handler> {
  const commands = new Map<string, Parameters>();
  const invoked: Handler = ({ CommandId = "", InstanceId = "" }, nth): Reply => {
    const parameters = commands.get(CommandId);
    if (parameters === undefined) return new AwsError("InvalidCommandId");
    const verdict = change(passing(InstanceId, parameters), InstanceId);
    const Status = status?.(nth, verdict) ?? (verdict.verdict === "pass" ? "Success" : "Failed");
    const text = output?.(verdict) ?? `listener HTTPS: ok\r\n${JSON.stringify(verdict)}\r\n`;
    return { CommandId, InstanceId, Status, StatusDetails: Status, StandardOutputContent: text };
  };
  return {
    DescribeInstanceInformation: () => ({ InstanceInformationList: instances.map((InstanceId, i) => ({ InstanceId, PingStatus: "Online", ComputerName: `WEB-${i + 1}` })) }),
    SendCommand: ({ Parameters = {} }) => {
      const CommandId = randomUUID();
      commands.set(CommandId, Parameters);
      return { Command: { CommandId } };
    },
    GetCommandInvocation: invoked,
    CancelCommand: () => ({}),
    ...Object.fromEntries(Object.entries(replace).map(([name, handler]) => [name, wrap(handler, name === "GetCommandInvocation" ? invoked : undefined)])),
  };
}

/** A replacement that answers `{}` leaves it to the host. */
const wrap = (handler: Handler, original: Handler | undefined): Handler => (input, nth) => {
  const reply = handler(input, nth);
  return original !== undefined && typeof reply === "object" && Object.keys(reply).length === 0 ? original(input, nth) : reply;
};
