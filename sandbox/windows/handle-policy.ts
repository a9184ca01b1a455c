import { judged, type Handler, type Judgement, type ResourceOf } from "./handler";
import { WINRM_POLICY } from "./defaults-wsman";
import { complies, toWrite, valueComplies, valueText, wanted } from "./operator";
import { gpoOf, remember, writePolicy } from "./policy";
import { registryKey, type HostState, type RegistryValue } from "./state";
import { acting } from "./waiting";
import { WindowsError } from "./winrm";

/** What policies hold: values in the registry, the account policy, the audit policy. */

type PolicyResource = ResourceOf<"policy">;

interface Held {
  readonly value: RegistryValue | undefined;
  /** What the policy that has the last word says. */
  readonly policy: RegistryValue | undefined;
  readonly by: string;
}

export const policy: Handler<PolicyResource, Held> = {
  get: ({ state }, { path, name }) => {
    const key = registryKey(path, name);
    const gpo = gpoOf(state, key);
    const by = gpo ? `held by GPO ${gpo.id}` : state.localPolicy[key] ? "held by the local policy" : "held by no policy";
    return { value: state.registry[key], policy: gpo?.values[key] ?? state.localPolicy[key], by };
  },
  test: ({ state }, resource, { value, policy: held, by }): Judgement => {
    const key = registryKey(resource.path, resource.name);
    const texts = [value, held].map((one) => valueText(resource.type, one));
    const text = texts[0] === texts[1] ? `${texts[0]}, ${by}` : `${texts[0]}, ${by}${held ? ` as ${texts[1]}` : ""}`;
    const good = valueComplies(resource, value) && valueComplies(resource, held);
    const after = key.startsWith(WINRM_POLICY) ? "service" : undefined;
    return acting(state, key, after, judged(good, `${wanted(resource.op, resource.value)}, held by policy`, good && held === undefined ? "absent" : text));
  },
  set: ({ state }, resource) => {
    const key = registryKey(resource.path, resource.name);
    const gpo = gpoOf(state, key);
    if (gpo) {
      const value = gpo.values[key];
      if (!valueComplies(resource, value)) throw new WindowsError(`GPO ${gpo.id} holds it as ${valueText(resource.type, value)}`);
      // What the next refresh would do.
      if (value) state.registry[key] = { ...value };
    } else {
      writePolicy(state, key, toWrite(resource));
    }
    if (key.startsWith(WINRM_POLICY)) remember(state, key);
  },
};

type AccountPolicyResource = ResourceOf<"accountPolicy">;

/** Without a threshold nothing is locked, and an export names neither of the other two. */
const LOCKOUT = ["LockoutDuration", "ResetLockoutCount"];
const accountValue = ({ accountPolicy: values }: HostState, name: string): number | undefined =>
  LOCKOUT.includes(name) && (values["LockoutBadCount"] ?? 0) === 0 ? undefined : values[name];

/** As secedit configures from one template. */
function configure(state: HostState, values: Readonly<Record<string, number>>): void {
  const next = { ...state.accountPolicy, ...values };
  if (LOCKOUT.some((name) => name in values) && (next["LockoutBadCount"] ?? 0) === 0) throw new WindowsError("secedit: the parameter is incorrect (no lockout threshold)");
  if ((next["ResetLockoutCount"] ?? 0) > (next["LockoutDuration"] ?? 0)) throw new WindowsError("secedit: the parameter is incorrect (ResetLockoutCount is above LockoutDuration)");
  state.accountPolicy = next;
}

/** -1 and 0 mean that a password never ends, which is more than any number of days. */
const days = (name: string, value: number | undefined): number | undefined => (name === "MaximumPasswordAge" && value !== undefined && value <= 0 ? Number.MAX_SAFE_INTEGER : value);

const accountComplies = (state: HostState, { name, op, value }: AccountPolicyResource): boolean => complies(op, value, days(name, accountValue(state, name)));

export const accountPolicy: Handler<AccountPolicyResource, number | undefined> = {
  get: ({ state }, { name }) => accountValue(state, name),
  test: ({ state }, resource, found) => judged(accountComplies(state, resource), wanted(resource.op, resource.value), found === undefined ? "absent" : String(found)),
  /** All that do not comply in one template: singly and in the wrong order Windows refuses them. */
  set: (machine, resource) => {
    const { state } = machine;
    const wrong = machine.accountPolicies.filter((one) => !accountComplies(state, one));
    const before = wrong.map(({ name }) => accountValue(state, name));
    configure(state, Object.fromEntries(wrong.map(({ name, write }) => [name, write])));
    wrong.forEach((one, i) => {
      if (one.name !== resource.name) machine.record("set", `accountPolicy ${one.name}`, String(before[i] ?? "absent"), String(one.write));
    });
  },
};

const AUDITED = ["nothing", "success", "failure", "success and failure"] as const;
const bits = ({ success, failure }: ResourceOf<"auditPolicy">): number => (success ? 1 : 0) + (failure ? 2 : 0);

export const auditPolicy: Handler<ResourceOf<"auditPolicy">, number> = {
  get: ({ state }, { subcategory }) => {
    const found = state.auditPolicy[subcategory.toUpperCase()];
    if (found === undefined) throw new WindowsError(`there is no subcategory ${subcategory}`);
    return found;
  },
  test: (_machine, resource, found) => judged((found & bits(resource)) === bits(resource), `at least ${AUDITED[bits(resource)] ?? ""}`, AUDITED[found] ?? String(found)),
  set: ({ state }, resource) => {
    const key = resource.subcategory.toUpperCase();
    const found = state.auditPolicy[key];
    if (found === undefined) throw new WindowsError(`there is no subcategory ${resource.subcategory}`);
    state.auditPolicy[key] = found | bits(resource);
  },
};
