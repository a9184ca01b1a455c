import { benchmarked, japanese } from "./found-benchmark";
import { PWSH_CONFIGURATIONS } from "./defaults-sessions";
import { groupOf } from "./accounts";
import { LOCAL_POLICY_OFF, mergeKey } from "./policy";
import { REMOTE_MANAGEMENT_USERS } from "./sids";
import { STRANGER } from "./spoil-access";
import { FOREIGN_APP, FOREIGN_THUMBPRINT } from "./spoil";
import { registryKey, type FirewallRule, type HostState, type ProfileName, type RegistryValue } from "./state";

function changed(state: HostState, change: (host: HostState) => void): HostState {
  const copy = structuredClone(state);
  change(copy);
  return copy;
}

const AUTO_CONFIG_KEY = registryKey("SOFTWARE\\Policies\\Microsoft\\Windows\\WinRM\\Service", "AllowAutoConfig");

const allow = (name: string, port: number, rest: Pick<FirewallRule, "store"> & Partial<FirewallRule>): FirewallRule => ({
  name,
  enabled: true,
  action: "Allow",
  ports: [port],
  local: "Any",
  remote: "Any",
  profiles: "Any",
  ...rest,
});

/** Ways in which hosts are found in the field; numbers are those of public issues. */
export const found = {
  stoppedService: (state: HostState): HostState => changed(state, (host) => {
    host.services["winrm"] = { startup: "Disabled", state: "Stopped" };
    host.sessions = 0;
  }),
  /** A policy that makes an HTTP listener which cannot be removed on the machine. */
  policyListener: (state: HostState): HostState => changed(state, (host) => {
    host.policyInForce[AUTO_CONFIG_KEY] = { type: "DWord", value: 1 };
    host.registry[AUTO_CONFIG_KEY] = { type: "DWord", value: 1 };
  }),
  /** ansible/ansible#14643. */
  compatibilityListener: (state: HostState): HostState => changed(state, (host) => {
    host.wsman["service/enablecompatibilityhttplistener"] = "true";
  }),
  /** A binding of another program on the place that the listener needs; on `0.0.0.0` TLS then answers everywhere. */
  foreignBinding: (state: HostState, address: string, port: number): HostState => changed(state, (host) => {
    host.bindings.push({ address, port, thumbprint: FOREIGN_THUMBPRINT, appId: FOREIGN_APP });
  }),
  /** dsccommunity/WSManDsc#8: more than one of a transport. */
  severalListeners: (state: HostState, addresses: readonly string[]): HostState => changed(state, (host) => {
    for (const address of addresses) host.listeners.push({ address, transport: "HTTPS", port: 5986, hostname: "old", thumbprint: FOREIGN_THUMBPRINT, source: "" });
  }),
  /** ansible/ansible#15541: expired or renewed, and the listener keeps what it was made with. */
  boundTo: (state: HostState, thumbprint: string): HostState => changed(state, (host) => {
    for (const listener of host.listeners) if (listener.transport === "HTTPS") listener.thumbprint = thumbprint;
    for (const binding of host.bindings) binding.thumbprint = thumbprint;
  }),
  benchmarked,
  japanese,
  /** CIS 9.3.4: rules of the machine's own store are dead. As the local policy has it, or a GPO. */
  noLocalRules: (state: HostState, profile: ProfileName, gpo?: string): HostState => heldByPolicy(state, { [mergeKey(profile)]: { type: "DWord", value: 0 } }, gpo),
  /** Neither the machine's own rules nor those of its local policy count: a domain's are the only ones. */
  onlyDomainRules: (state: HostState, profile: ProfileName, gpo: string): HostState => heldByPolicy(state, { [mergeKey(profile)]: { type: "DWord", value: 0 }, [LOCAL_POLICY_OFF]: { type: "DWord", value: 1 } }, gpo),
  /** What image vendors and tutorials leave behind. */
  vendorRule: (state: HostState, name: string, port: number): HostState => changed(state, (host) => {
    host.rules.push(allow(name, port, { store: "PersistentStore" }));
  }),
  gpoRule: (state: HostState, name: string, port: number, gpo: string): HostState => changed(state, (host) => {
    host.rules.push(allow(name, port, { store: "GPO", gpo }));
  }),
  /** diyan/pywinrm#272: how people let an account in that is no administrator. */
  remoteManagementUser: (state: HostState, sid = STRANGER): HostState => changed(state, (host) => {
    groupOf(host, REMOTE_MANAGEMENT_USERS)?.members.push(sid);
  }),
  /** pwsh's Enable-PSRemoting was run. */
  pwsh: (state: HostState): HostState => changed(state, (host) => {
    host.sessionConfigurations.push(...structuredClone([...PWSH_CONFIGURATIONS]));
  }),
  /** A user right as a benchmark has set it. */
  right: (state: HostState, right: string, sids: readonly string[]): HostState => changed(state, (host) => {
    host.rights[right] = [...sids];
  }),
  sessions: (state: HostState, count: number): HostState => changed(state, (host) => {
    host.sessions = count;
  }),
  /** The cloud's patching has done its work ten days ago; the build: unverified. */
  patched: (state: HostState, now: string): HostState => changed(state, (host) => {
    host.updates = { build: "20348.2966", installed: new Date(Date.parse(now) - 10 * 86_400_000).toISOString() };
  }),
};

/** Values that a policy holds, and that are in the registry and in force because it was applied long ago. */
export function heldByPolicy(state: HostState, values: Readonly<Record<string, RegistryValue>>, gpo?: string): HostState {
  return changed(state, (host) => {
    if (gpo === undefined) Object.assign(host.localPolicy, structuredClone(values));
    else host.gpos.push({ id: gpo, values: structuredClone(values) });
    Object.assign(host.registry, structuredClone(values));
    for (const [key, value] of Object.entries(values)) if (key.startsWith("software\\policies\\microsoft\\windows\\winrm\\")) host.policyInForce[key] = { ...value };
  });
}
