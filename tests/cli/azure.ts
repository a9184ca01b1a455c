import { guestVerdictSchema, type GuestVerdict } from "../../components/evidence/verdict";
import { refusal, type Call, type Handler, type Operation, type Reply, type RunBody } from "./arm-server";
import { CONTROLS, hostRequest, passing } from "./guest";

const SUBSCRIPTION = "00000000-0000-4000-8000-00000000aaaa";
const GROUP = "shop-rg";
export const IDENTITY = "00000000-0000-4000-8000-00000000bbbb";
export const SCRIPT = "https://swinrm.blob.core.windows.net/winrm/winrm-default.ps1";
export const NODES_URL = "https://swinrm.blob.core.windows.net/winrm/nodes.json";

const vmId = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const armId = (name: string): string => `/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP}/providers/Microsoft.Compute/virtualMachines/${name}`;
export const VM_ID = vmId(1);
export const DOOR_NSG = `/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP}/providers/Microsoft.Network/networkSecurityGroups/shop-web-1-nsg`;

const place = { cloud: "azure", environment: "public", subscription: SUBSCRIPTION, location: "westeurope", script: SCRIPT, nodes: NODES_URL, identity: IDENTITY, timeoutMinutes: 0.5 };

export function azureRequest(more: object = {}): object {
  const { parameters, gate, exceptions, host } = hostRequest();
  return { ...place, host, vm: armId("shop-web-1"), doorGroup: DOOR_NSG, output: "https://swinrm.blob.core.windows.net/audits", parameters: { ...parameters, secret: "" }, gate, exceptions, controls: CONTROLS, ...more };
}

export const uptakeRequest = (nodesHash: string, more: object = {}): object => ({ ...place, resourceGroup: GROUP, fleet: "shop", profile: "default", nodesHash, ...more });

/** A machine that answers by the book, but for what a test changes. */
export interface Machine {
  readonly name: string;
  readonly id: string;
  readonly power?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export const machine = (n: number, more: Partial<Machine> = {}): Machine => ({ name: `shop-web-${n}`, id: vmId(n), tags: { "secure-winrm-fleet": "shop", "secure-winrm-profile": "default" }, ...more });

interface View {
  readonly executionState?: string;
  readonly executionMessage?: string;
  readonly exitCode?: number;
  readonly output?: string;
  readonly error?: string;
}

export interface Estate {
  readonly machines?: readonly Machine[];
  /** What each host says, instead of a pass. */
  readonly change?: (verdict: GuestVerdict, vm: string) => GuestVerdict;
  readonly output?: (verdict: GuestVerdict) => string;
  /** The nth run's view when it has ended, in place of what follows from the verdict. */
  readonly view?: (nth: number, vm: string) => View | undefined;
  /** Looks at a run before it has ended, and what they see. */
  readonly looks?: number;
  readonly meanwhile?: View;
  /** The state of its execution, whatever else speaks for a success. */
  readonly state?: string;
  /** The nth call of an operation on a machine; undefined leaves it to the book. `heard` lets the book have it first. */
  readonly replace?: Partial<Record<Operation, (call: Call, nth: number, url: string) => Reply | undefined>>;
  readonly heard?: boolean;
}

interface Standing {
  readonly body: RunBody;
  readonly nth: number;
  looks: number;
}

export const parameter = (body: RunBody | undefined, name: string): string => body?.properties.parameters.find((one) => one.name === `Winrm${name}`)?.value ?? "";

function verdictOf(vm: Machine, body: RunBody): GuestVerdict {
  const names = ["Mode", "Run", "Nonce", "Gate"];
  const verdict = passing(vm.id, Object.fromEntries(names.map((name) => [name, [parameter(body, name)]])));
  return parameter(body, "Run") === "Prepare" ? { ...verdict, run: "Prepare", gate: "", controls: {} } : verdict;
}

export interface Book {
  readonly handlers: Record<Operation, Handler>;
  /** What stands on the machines now: "shop-web-1/secure-winrm-gate". */
  readonly standing: ReadonlyMap<string, unknown>;
}

export function estate({ machines = [machine(1)], change = (verdict) => verdict, output, view, looks = 0, meanwhile = { executionState: "Running" }, state, replace = {}, heard = false }: Estate = {}): Book {
  const standing = new Map<string, Standing>();
  const made = new Map<string, number>();
  const key = ({ vm, run }: Call): string => `${vm}/${run}`;
  const known = (name: string): Machine | undefined => machines.find((one) => one.name === name);
  const shown = ({ name, id, power = "running", tags }: Machine, expanded: boolean): object => ({
    id: armId(name),
    name,
    location: "westeurope",
    tags,
    properties: {
      vmId: id,
      provisioningState: "Succeeded",
      ...(expanded && {
        instanceView: {
          vmAgent: { statuses: [power === "running" ? { code: "ProvisioningState/succeeded", displayStatus: "Ready" } : { code: "ProvisioningState/Unavailable", displayStatus: "Not Ready" }] },
          statuses: [{ code: "ProvisioningState/succeeded" }, { code: `PowerState/${power}` }],
        },
      }),
    },
  });
  const ended = (vm: Machine, { body, nth }: Standing): View => {
    const verdict = change(verdictOf(vm, body), vm.name);
    const passed = verdict.verdict === "pass";
    return view?.(nth, vm.name) ?? { executionState: passed ? "Succeeded" : "Failed", exitCode: passed ? 0 : 1, output: output?.(verdict) ?? `listener HTTPS: ok\r\n${JSON.stringify(verdict)}\r\n` };
  };
  const run = (call: Call): Reply => {
    const [found, vm] = [standing.get(key(call)), known(call.vm)];
    if (found === undefined || vm === undefined) return refusal(404, "ResourceNotFound");
    const going = found.looks++ < looks;
    const seen = going ? meanwhile : { ...ended(vm, found), ...(state !== undefined && { executionState: state }) };
    const provisioningState = going ? "Creating" : state !== undefined || seen.executionState === "Succeeded" ? "Succeeded" : "Failed";
    const instanceView = call.query.get("$expand") === "instanceView" ? { instanceView: seen } : {};
    return { status: 200, body: { name: call.run, location: "westeurope", properties: { ...found.body.properties, provisioningState, ...instanceView } } };
  };
  const book: Record<Operation, Handler> = {
    // Shut: its deny alone.
    GetGroup: () => ({ status: 200, body: { properties: { securityRules: [{ id: `${DOOR_NSG}/securityRules/deny-inbound`, name: "deny-inbound", properties: { direction: "Inbound", access: "Deny", protocol: "*", destinationPortRange: "*" } }] } } }),
    GetVm: (call) => {
      const vm = known(call.vm);
      return vm === undefined ? refusal(404, "ResourceNotFound") : { status: 200, body: shown(vm, call.query.get("$expand") === "instanceView") };
    },
    // A page for each machine.
    ListVms: (call, _, url) => {
      const at = Number(call.query.get("$skiptoken") ?? "0");
      const next = at + 1 < machines.length ? { nextLink: `${url}/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP}/providers/Microsoft.Compute/virtualMachines?api-version=1&$skiptoken=${at + 1}` } : {};
      return { status: 200, body: { value: machines.slice(at, at + 1).map((one) => shown(one, false)), ...next } };
    },
    PutRun: (call) => {
      if (known(call.vm) === undefined) return refusal(404, "ResourceNotFound");
      const { body } = call;
      if (body === undefined) return refusal(400, "InvalidRequestContent");
      const old = standing.get(key(call));
      if (JSON.stringify(old?.body) !== JSON.stringify(body)) {
        const nth = made.get(key(call)) ?? 0;
        made.set(key(call), nth + 1);
        standing.set(key(call), { body, nth, looks: 0 });
      }
      return { status: old === undefined ? 201 : 200, body: { location: "westeurope", properties: { ...body.properties, provisioningState: "Creating" } } };
    },
    GetRun: run,
    RestartVm: (call, _, url) => (known(call.vm) === undefined ? refusal(404, "ResourceNotFound") : { status: 202, headers: { "azure-asyncoperation": `${url}/operations/${call.vm}?api-version=1` } }),
    GetOperation: (call, nth) => ({ status: 200, body: { name: call.vm, status: nth === 0 ? "InProgress" : "Succeeded" } }),
    DeleteRun: (call) => (standing.delete(key(call)) ? { status: 202 } : { status: 204 }),
  };
  const handlers = Object.fromEntries(
    Object.entries(book).map(([name, handler]): [string, Handler] => [name, (call, nth, url) => {
      const first = heard ? handler(call, nth, url) : undefined;
      return replace[call.operation]?.(call, nth, url) ?? first ?? handler(call, nth, url);
    }]),
  );
  return { handlers: handlers as Record<Operation, Handler>, standing };
}

/** A verdict line, filled up in front to so many bytes. */
export const filled = (bytes: number) => (verdict: GuestVerdict): string => {
  const line = `${JSON.stringify(guestVerdictSchema.parse(verdict))}\r\n`;
  return `${"x".repeat(bytes - line.length - 1)}\n${line}`;
};

