import { rangesOf, sameAddress, holds } from "./address";
import { bearsName, read } from "./certificate";
import { AUTO_CONFIG, POLICY_OF, WINRM_APP_ID, WINRM_POLICY } from "./defaults-wsman";
import { LOOPBACK, wsmanKey, type Binding, type HostState, type Listener } from "./state";

/** The WinRM service and http.sys beneath it: what they hold, refuse and answer. */

/** An error as Windows reports it; codes are those of wsmerror.h. */
export class WindowsError extends Error {}

export const isRunning = (state: HostState): boolean => state.services["winrm"]?.state === "Running";

/** The WSMan provider talks to the service, so without it there is nothing to read. */
export function demandProvider(state: HostState): void {
  if (!isRunning(state)) throw new WindowsError("the WSMan provider does not answer, the WinRM service is not running");
}

function winrmPolicies(state: HostState): HostState["policyInForce"] {
  return Object.fromEntries(Object.entries(state.registry).filter(([key]) => key.startsWith(WINRM_POLICY)));
}

/** Policies are read when the service starts (assumed; the exact moment is not documented). */
export function startService(state: HostState): void {
  state.services["winrm"] = { startup: state.services["winrm"]?.startup ?? "Automatic", state: "Running" };
  state.policyInForce = structuredClone(winrmPolicies(state));
  state.starts += 1;
}

/** Does the service live by a policy value that is another one by now? */
export function heldBack(state: HostState, path: string): boolean {
  const key = POLICY_OF.get(wsmanKey(path)) ?? "";
  const [written, acting] = [state.registry[key], state.policyInForce[key]];
  return acting !== undefined && (written?.value !== acting.value || written.type !== acting.type);
}

/** A setting as the service lives by it, and whether a policy holds it. */
export function wsmanValue(state: HostState, path: string): { value: string | undefined; source: "" | "GPO" } {
  const key = wsmanKey(path);
  const policy = state.policyInForce[POLICY_OF.get(key) ?? ""];
  if (policy === undefined) return { value: state.wsman[key], source: "" };
  const value = typeof policy.value === "string" ? policy.value : policy.value === 0 ? "false" : "true";
  return { value, source: "GPO" };
}

export function writeWsman(state: HostState, path: string, value: string): void {
  demandProvider(state);
  const key = wsmanKey(path);
  if (wsmanValue(state, path).source === "GPO") throw new WindowsError("0x8033808A: the setting is controlled by Group Policy");
  if (state.wsman[key] === undefined) throw new WindowsError("the setting does not exist");
  state.wsman[key] = value;
}

const isOn = (state: HostState, path: string): boolean => wsmanValue(state, path).value?.toLowerCase() === "true";

/** Every listener that the service reports: those made here, and those that a policy or a compatibility switch makes. */
export function listeners(state: HostState): Listener[] {
  const made = (transport: "HTTP" | "HTTPS", port: number, source: Listener["source"]): Listener => ({ address: "*", transport, port, hostname: "", thumbprint: "", source });
  return [
    ...state.listeners,
    ...(state.policyInForce[AUTO_CONFIG]?.value === 1 ? [made("HTTP", 5985, "GPO")] : []),
    ...(isOn(state, "Service/EnableCompatibilityHttpListener") ? [made("HTTP", 80, "Compatibility")] : []),
    ...(isOn(state, "Service/EnableCompatibilityHttpsListener") ? [made("HTTPS", 443, "Compatibility")] : []),
  ];
}

/** The service's filters hold its own addresses; an empty one means that it listens nowhere. */
function passesFilter(state: HostState, address: string): boolean {
  const filter = wsmanValue(state, address.includes(":") ? "Service/IPv6Filter" : "Service/IPv4Filter").value ?? "";
  if (filter === "*") return true;
  const ranges = filter.split(",").flatMap((part) => (part.trim() === "" ? [] : [part.trim()]));
  return holds(rangesOf(ranges), address);
}

/** The read-only property that tells where a listener really listens: empty when its address is not on the machine. */
export function listeningOn(state: HostState, listener: Listener): string[] {
  if (listener.disabled) return [];
  const own = [...state.addresses, ...LOOPBACK].filter((address) => passesFilter(state, address));
  return listener.address === "*" ? own : own.filter((address) => sameAddress(address, listener.address.slice("IP:".length)));
}

export const bindingAddress = (address: string): string => (address === "*" ? "0.0.0.0" : address.replace(/^IP:/, ""));

const bindingOf = (state: HostState, address: string, port: number): Binding | undefined =>
  state.bindings.find((binding) => binding.port === port && binding.address === address);

/** As `New-WSManInstance winrm/config/Listener` does it. */
export function createListener(state: HostState, listener: Omit<Listener, "source">): void {
  demandProvider(state);
  const address = bindingAddress(listener.address);
  if (state.listeners.some((known) => known.address === listener.address && known.transport === listener.transport)) {
    throw new WindowsError("0x803380ED: a listener with this address and transport is there");
  }
  if (listener.transport === "HTTPS") {
    const certificate = state.certificates.my.find((known) => known.thumbprint === listener.thumbprint);
    if (!certificate?.hasKey) throw new WindowsError("0x80338115: no suitable certificate in LocalMachine\\My");
    if (!bearsName(read(certificate.der), listener.hostname)) throw new WindowsError("0x803380E9: the certificate's CN is not the host name");
    const leftover = bindingOf(state, address, listener.port);
    if (leftover && leftover.appId !== WINRM_APP_ID) throw new WindowsError(`0x803380E8: the binding of ${address}:${listener.port} belongs to another service`);
    if (leftover) throw new WindowsError(`0x803380E6: the binding of ${address}:${listener.port} is shared`);
    state.bindings.push({ address, port: listener.port, thumbprint: listener.thumbprint, appId: WINRM_APP_ID });
  }
  state.listeners.push({ ...listener, source: "" });
}

/** As `Remove-WSManInstance` does it: the binding goes with the listener. */
export function removeListener(state: HostState, listener: Listener): void {
  demandProvider(state);
  if (listener.source !== "") throw new WindowsError(`the listener comes from ${listener.source} and cannot be removed here`);
  state.listeners = state.listeners.filter((known) => known.address !== listener.address || known.transport !== listener.transport);
  if (listener.transport === "HTTPS") removeBinding(state, bindingAddress(listener.address), listener.port);
}

export function removeBinding(state: HostState, address: string, port: number): void {
  state.bindings = state.bindings.filter((binding) => binding.address !== address || binding.port !== port);
}

export type Answer = { readonly speaks: "nothing" } | { readonly speaks: "tls" | "wsman"; readonly thumbprint: string };

/**
 * What a client on the machine meets at an address. http.sys opens a port on every address as soon as one listener uses it,
 * so a leftover binding makes TLS answer where WinRM does not listen.
 */
export function answerOn(state: HostState, scheme: "http" | "https", port: number, address: string): Answer {
  const silent: Answer = { speaks: "nothing" };
  if (!isRunning(state)) return silent;
  // A relay has somebody listen for it elsewhere on the machine.
  if (listeners(state).some((one) => listeningOn(state, one).length > 0) && state.relays.some((relay) => relay.port === port && sameAddress(relay.address, address))) return { speaks: "wsman", thumbprint: "" };
  if (state.policyInForce[AUTO_CONFIG]?.value === 0) return silent;
  if (state.ipListen.length > 0 && !state.ipListen.some((own) => sameAddress(own, address))) return silent;
  const here = listeners(state).filter((listener) => listener.port === port && listener.transport === scheme.toUpperCase() && listeningOn(state, listener).length > 0);
  if (here.length === 0) return silent;
  const speaks = here.some((listener) => listeningOn(state, listener).some((own) => sameAddress(own, address))) ? "wsman" : "tls";
  if (scheme === "http") return speaks === "wsman" ? { speaks, thumbprint: "" } : silent;
  // Whether a wildcard listener also gets a binding for `[::]` is not documented; it is assumed to answer on IPv6 too.
  const binding = bindingOf(state, address, port) ?? bindingOf(state, "0.0.0.0", port);
  const certificate = state.certificates.my.find((known) => known.thumbprint === binding?.thumbprint);
  return certificate?.hasKey ? { speaks, thumbprint: certificate.thumbprint } : silent;
}
