import { judged, type Handler, type ResourceOf } from "./handler";
import { Deferred, type Machine } from "./machine";
import type { Binding, Listener } from "./state";
import { answerOn, bindingAddress, createListener, demandProvider, listeners, listeningOn, removeBinding, removeListener, WindowsError } from "./winrm";
import { WINRM_APP_ID } from "./defaults-wsman";

/** Listeners, their http.sys bindings, and what a client on the machine itself sees. */

type ListenerResource = ResourceOf<"listener">;

const DEFAULT_PORTS = { HTTP: 5985, HTTPS: 5986 } as const;

function declared(machine: Machine, resource: ListenerResource): Omit<Listener, "source">[] {
  if (resource.ensure === "absent" || !resource.addresses) return [];
  const hostname = resource.hostname ? machine.value(resource.hostname) : "";
  const thumbprint = resource.transport === "HTTPS" ? (machine.listenerCertificate(hostname)?.thumbprint ?? "") : "";
  return machine.values(resource.addresses).map((address) => ({
    address: address === "*" ? "*" : `IP:${address}`,
    transport: resource.transport,
    port: resource.port ?? DEFAULT_PORTS[resource.transport],
    hostname,
    thumbprint,
  }));
}

const same = (a: Omit<Listener, "source">, b: Omit<Listener, "source">): boolean =>
  a.address === b.address && a.port === b.port && a.hostname.toLowerCase() === b.hostname.toLowerCase() && a.thumbprint === b.thumbprint;

function text(machine: Machine, listener: Omit<Listener, "source"> & { source?: Listener["source"] }): string {
  const from = listener.source ? ` from ${listener.source}` : "";
  const certificate = listener.transport === "HTTPS" ? ` as ${listener.hostname} with ${listener.thumbprint || "no certificate"}` : "";
  if (listener.disabled) return `${listener.transport} on ${listener.address}:${listener.port}, disabled`;
  const nowhere = listener.source !== undefined && listeningOn(machine.state, { ...listener, source: listener.source }).length === 0 ? ", listening nowhere" : "";
  return `${listener.transport} on ${listener.address}:${listener.port}${certificate}${from}${nowhere}`;
}

const list = (texts: readonly string[]): string => texts.join("; ") || "absent";

export const listener: Handler<ListenerResource, Listener[]> = {
  get: ({ state }, { transport }) => {
    demandProvider(state);
    return listeners(state).filter((known) => known.transport === transport);
  },
  test: (machine, resource, found) => {
    const wanted = declared(machine, resource);
    const good =
      wanted.length === found.length &&
      wanted.every((one) => (one.transport === "HTTP" || one.thumbprint !== "") && found.some((known) => same(one, known) && (listeningOn(machine.state, known).length > 0 || (machine.listenerOff && known.disabled))));
    return judged(good, list(wanted.map((one) => text(machine, one))), list(found.map((one) => text(machine, one))));
  },
  /** Gate run: out with the wrong ones, then the right one. Maintenance: the right one first, so that somebody is always there. */
  set: (machine, resource) => {
    const { state } = machine;
    const wanted = declared(machine, resource);
    const found = (): Listener[] => listeners(state).filter((known) => known.transport === resource.transport);
    const strays = found().filter((known) => known.source === "" && !wanted.some((one) => one.address === known.address));
    const removeStrays = (): void => strays.forEach((stray) => remove(machine, stray));
    if (machine.doorShut) removeStrays();
    for (const one of wanted) {
      const before = found().find((known) => known.source === "" && known.address === one.address);
      if (!before || !same(one, before)) replace(machine, before, one);
      else enable(machine, before);
    }
    if (!machine.doorShut) {
      // Sessions may have come by one of these.
      if (resource.transport === "HTTPS" && strays.length > 0 && !machine.mayCut()) throw new Deferred(`${state.sessions} sessions live`);
      removeStrays();
    }
    if (found().some((known) => known.source !== "")) throw new WindowsError("a listener comes from a policy or a compatibility switch and cannot be removed here");
  },
};

function remove(machine: Machine, stray: Listener): void {
  removeListener(machine.state, stray);
  machine.record("set", `listener ${stray.address}+${stray.transport}`, text(machine, stray), "absent");
}

/** Neither address nor certificate of a listener can be changed, so it goes and comes again: never before it is sure that it can come. */
function replace(machine: Machine, before: Listener | undefined, after: Omit<Listener, "source">): void {
  const { state } = machine;
  const isHttps = after.transport === "HTTPS";
  if (before && isHttps && !machine.mayCut()) throw new Deferred(`${state.sessions} sessions live on it`);
  const certificate = state.certificates.my.find((known) => known.thumbprint === after.thumbprint);
  if (isHttps && !certificate?.hasKey) throw new WindowsError("0x80338115: no suitable certificate in LocalMachine\\My");
  if (before) remove(machine, before);
  if (before && isHttps) machine.cutSessions(`removal of listener ${before.address}`);
  // What is left over at this place belongs to no listener, and would make Windows refuse.
  if (isHttps) removeBinding(state, bindingAddress(after.address), after.port);
  createListener(state, machine.listenerOff ? { ...after, disabled: true } : after);
  machine.record("set", `listener ${after.address}+${after.transport}`, "absent", text(machine, after));
}

/** Nothing of it changes but that it listens, so nobody is cut off. */
function enable(machine: Machine, listener: Listener): void {
  if (!listener.disabled || machine.listenerOff) return;
  const before = text(machine, listener);
  delete listener.disabled;
  machine.record("set", `listener ${listener.address}+${listener.transport}`, before, text(machine, listener));
}

type BindingResource = ResourceOf<"sslBinding">;

/** Each with the certificate that the listener at this place has; where there is none, with the one that it is to have. */
function declaredBindings(machine: Machine, { port, addresses }: BindingResource): Binding[] {
  const own = machine.state.listeners.filter((known) => known.transport === "HTTPS" && known.port === port);
  return machine.values(addresses).map((value) => {
    const address = bindingAddress(value);
    const holder = own.find((known) => bindingAddress(known.address) === address);
    const thumbprint = holder?.thumbprint ?? machine.listenerCertificate(machine.host?.name ?? "")?.thumbprint ?? "";
    return { address, port, thumbprint, appId: WINRM_APP_ID };
  });
}

const bindingText = ({ address, port, thumbprint }: Binding): string => `${address}:${port} with ${thumbprint || "no certificate"}`;
const sameBinding = (a: Binding, b: Binding): boolean => a.address === b.address && a.thumbprint === b.thumbprint && a.appId === b.appId;

export const sslBinding: Handler<BindingResource, Binding[]> = {
  get: ({ state }, { port }) => state.bindings.filter((known) => known.port === port),
  test: (machine, resource, found) => {
    const wanted = declaredBindings(machine, resource);
    const good = wanted.length === found.length && wanted.every((one) => one.thumbprint !== "" && found.some((known) => sameBinding(one, known)));
    return judged(good, list(wanted.map(bindingText)), list(found.map(bindingText)));
  },
  set: (machine, resource) => {
    const { state } = machine;
    const wanted = declaredBindings(machine, resource);
    for (const known of state.bindings.filter(({ port }) => port === resource.port)) {
      if (!wanted.some((one) => sameBinding(one, known))) removeBinding(state, known.address, known.port);
    }
    for (const one of wanted) {
      // Without a listener there is nobody to bind for: Windows makes the binding when it makes the listener.
      const holder = state.listeners.some((known) => known.transport === "HTTPS" && known.port === one.port && bindingAddress(known.address) === one.address);
      if (holder && !state.bindings.some((known) => known.port === one.port && sameBinding(one, known))) state.bindings.push(one);
    }
  },
};

export const answer: Handler<ResourceOf<"answer">, string[]> = {
  get: (machine, { scheme, port, addresses }) =>
    ("ref" in addresses ? machine.addressesOf(addresses) : addresses).map((address) => {
      const heard = answerOn(machine.state, scheme, port, address);
      const bound = heard.speaks === "nothing" ? "" : heard.thumbprint;
      const trusted = machine.state.listeners.some((known) => known.port === port && known.thumbprint === bound);
      return `${heard.speaks === "wsman" && !trusted ? "wsman of somebody else" : heard.speaks} on ${address}`;
    }),
  test: (_machine, { expect }, found) => {
    const wanted = expect === "none" ? "nothing on " : "wsman on ";
    const wrong = found.filter((heard) => !heard.startsWith(wanted));
    return judged(wrong.length === 0, expect === "none" ? "no answer" : "an answer with the listener's certificate", wrong.length === 0 ? list(found) : list(wrong));
  },
};
