import { judged, type Handler, type Judgement, type ResourceOf } from "./handler";
import { WINRM_POLICY } from "./defaults-wsman";
import { toWrite, valueComplies, valueText, wanted } from "./operator";
import { remember } from "./policy";
import { folded, registryKey, type RegistryValue, type Service } from "./state";
import { acting } from "./waiting";
import { demandProvider, heldBack, startService, WindowsError, wsmanValue, writeWsman } from "./winrm";

/** Directories, WSMan settings, registry values, services. */

export const folder: Handler<ResourceOf<"folder">, string | undefined> = {
  get: ({ state }, { path }) => state.folders[folded(path)],
  test: (_machine, { sddl }, found) => judged(found === sddl, sddl, found ?? "absent"),
  set: ({ state }, { path, sddl }) => {
    state.folders[folded(path)] = sddl;
  },
};

export const wsman: Handler<ResourceOf<"wsman">, { value: string | undefined; source: string }> = {
  get: ({ state }, { path }) => {
    demandProvider(state);
    return wsmanValue(state, path);
  },
  test: ({ state }, { path, value }, found) => {
    const source = found.source === "GPO" ? " (held by policy)" : "";
    const judgement = judged(found.value?.toLowerCase() === value.toLowerCase(), value, `${found.value ?? "absent"}${source}`);
    // A policy that has been changed since the service started: the next start mends it.
    return judgement.verdict === "fail" && heldBack(state, path) ? { ...judgement, awaits: "service" } : judgement;
  },
  set: ({ state }, { path, value }) => writeWsman(state, path, value),
};

type RegistryResource = ResourceOf<"registry">;

/** WinRM reads its policies when it starts, whoever wrote them and wherever the document says so. */
const actsAfter = (key: string, after: RegistryResource["after"]): RegistryResource["after"] => after ?? (key.startsWith(WINRM_POLICY) ? "service" : undefined);

export const registry: Handler<RegistryResource, RegistryValue | undefined> = {
  get: ({ state }, { path, name }) => state.registry[registryKey(path, name)],
  test: ({ state }, resource, found): Judgement => {
    const key = registryKey(resource.path, resource.name);
    const text = valueText(resource.type, found);
    if (!valueComplies(resource, found)) return judged(false, wanted(resource.op, resource.value), text);
    return acting(state, key, actsAfter(key, resource.after), judged(true, wanted(resource.op, resource.value), text));
  },
  set: ({ state }, resource) => {
    const key = registryKey(resource.path, resource.name);
    const value = toWrite(resource);
    if (value === undefined) delete state.registry[key];
    else state.registry[key] = value;
    if (actsAfter(key, resource.after) !== undefined) remember(state, key);
  },
};

const NO_SERVICE: Service = { startup: "Disabled", state: "Stopped" };

export const service: Handler<ResourceOf<"service">, Service | undefined> = {
  get: ({ state }, { name }) => state.services[folded(name)],
  test: (_machine, { startup, state }, found = NO_SERVICE) => {
    const starts = found.startup === startup || (startup === "Manual" && found.startup === "Automatic");
    const runs = state === "Any" || found.state === state;
    return judged(starts && runs, state === "Any" ? startup : `${startup}, ${state}`, `${found.startup}, ${found.state}`);
  },
  set: ({ state }, { name, startup, state: wantedState }) => {
    const key = folded(name);
    const before = state.services[key];
    if (!before) throw new WindowsError(`there is no service ${name}`);
    const isEnough = before.startup === startup || (startup === "Manual" && before.startup === "Automatic");
    state.services[key] = { startup: isEnough ? before.startup : startup, state: wantedState === "Running" ? "Running" : before.state };
    if (key === "winrm" && wantedState === "Running" && before.state !== "Running") startService(state);
  },
};
