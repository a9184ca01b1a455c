import { judged, type Handler, type Judgement, type ResourceOf } from "./handler";
import { folded, registryKey, type RegistryValue, type Service } from "./state";
import { awaitsStart, demandProvider, startService, wsmanValue, writeWsman } from "./winrm";

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
  test: (_machine, { value }, found) => {
    const source = found.source === "GPO" ? " (held by policy)" : "";
    return judged(found.value?.toLowerCase() === value.toLowerCase(), value, `${found.value ?? "absent"}${source}`);
  },
  set: ({ state }, { path, value }) => writeWsman(state, path, value),
};

type RegistryResource = ResourceOf<"registry">;

function wanted({ op, value }: RegistryResource): string {
  switch (op) {
    case "eq":
      return String(value);
    case "ge":
      return `at least ${String(value)}`;
    case "le":
      return `at most ${String(value)}`;
    case "oneOf":
      return `one of ${String(value)}`;
    case "absent":
      return "absent";
    default: {
      const never: never = op;
      return never;
    }
  }
}

function complies({ op, type, value }: RegistryResource, found: RegistryValue | undefined): boolean {
  if (op === "absent") return found === undefined;
  if (found === undefined || found.type !== type) return false;
  switch (op) {
    case "eq":
      return found.value === value;
    case "ge":
      return Number(found.value) >= Number(value);
    case "le":
      return Number(found.value) <= Number(value);
    case "oneOf":
      return typeof value === "object" && value.some((allowed) => allowed === found.value);
    default: {
      const never: never = op;
      return never;
    }
  }
}

export const registry: Handler<RegistryResource, RegistryValue | undefined> = {
  get: ({ state }, { path, name }) => state.registry[registryKey(path, name)],
  test: ({ state }, resource, found): Judgement => {
    const expected = wanted(resource);
    const text = found === undefined ? "absent" : found.type === resource.type ? String(found.value) : `${found.type} ${found.value}`;
    if (!complies(resource, found)) return judged(false, expected, text);
    if (!awaitsStart(state, registryKey(resource.path, resource.name))) return judged(true, expected, text);
    return { verdict: "unknown", expected, found: `${text}, written after the WinRM service started`, awaitsStart: true };
  },
  set: ({ state }, { path, name, type, op, value }) => {
    const key = registryKey(path, name);
    const first = typeof value === "object" ? value[0] : value;
    if (op === "absent") delete state.registry[key];
    else if (typeof first === "string" || typeof first === "number") state.registry[key] = { type, value: first };
  },
};

const NO_SERVICE: Service = { startup: "Disabled", state: "Stopped" };

export const service: Handler<ResourceOf<"service">, Service | undefined> = {
  get: ({ state }, { name }) => state.services[folded(name)],
  test: (_machine, { startup, state }, found = NO_SERVICE) =>
    judged(found.startup === startup && found.state === state, `${startup}, ${state}`, `${found.startup}, ${found.state}`),
  set: ({ state }, { name, startup }) => {
    const key = folded(name);
    const wasRunning = state.services[key]?.state === "Running";
    state.services[key] = { startup, state: "Running" };
    if (key === "winrm" && !wasRunning) startService(state);
  },
};
