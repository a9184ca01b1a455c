import type { Trustee } from "../../components/guest/kinds";
import { resourceKey } from "../../components/guest/resource-key";
import { sidOf } from "./accounts";
import { judged, type Handler, type Judgement, type ResourceOf } from "./handler";
import type { Machine } from "./machine";
import { remember } from "./policy";
import { daclText, sddlOf } from "./sddl";
import type { HostState, SessionConfiguration } from "./state";
import { acting } from "./waiting";
import { demandProvider, WindowsError, wsmanValue, writeWsman } from "./winrm";

/** Session configurations and what guards them. Whatever changes here acts when WinRM starts again. */

const named = (state: HostState, name: string): SessionConfiguration | undefined =>
  state.sessionConfigurations.find((known) => known.name.toLowerCase() === name.toLowerCase());

const allowed = (machine: Machine, trustees: readonly Trustee[]): string => sddlOf(trustees.map((trustee) => ({ rights: "GA", sid: machine.sid(trustee) })));

type SessionResource = ResourceOf<"sessionConfiguration">;

/** Full language, as a virtual account: what its file says. */
const VIRTUAL = JSON.stringify({ runAs: "virtual account", language: "full" });
const isAs = (found: SessionConfiguration, { virtualAccount }: SessionResource): boolean => virtualAccount !== true || found.role === VIRTUAL;

const text = (found: SessionConfiguration | undefined): string => (found === undefined ? "absent" : found.enabled ? `open to ${daclText(found.sddl)}` : "off");

export const sessionConfiguration: Handler<SessionResource, SessionConfiguration | undefined> = {
  get: ({ state }, { name }) => {
    demandProvider(state);
    return named(state, name);
  },
  test: (machine, resource, found): Judgement => {
    const after = (judgement: Judgement): Judgement => acting(machine.state, resourceKey(resource), "service", judgement);
    if (resource.ensure === "off") return after(judged(found?.enabled !== true, "absent or off", text(found)));
    const sddl = allowed(machine, resource.allow ?? []);
    const good = found?.enabled === true && daclText(found.sddl) === daclText(sddl) && isAs(found, resource);
    return after(judged(good, `open to ${daclText(sddl)}`, `${text(found)}${found !== undefined && !isAs(found, resource) ? ", not as a virtual account" : ""}`));
  },
  set: (machine, resource) => {
    const found = named(machine.state, resource.name);
    if (resource.ensure === "off") {
      if (found) found.enabled = false;
    } else {
      const sddl = allowed(machine, resource.allow ?? []);
      if (resource.virtualAccount === true && (found === undefined || !isAs(found, resource))) {
        const { state } = machine;
        state.sessionConfigurations = [...state.sessionConfigurations.filter((known) => known !== found), { name: resource.name, enabled: true, sddl, role: VIRTUAL }];
        return remember(state, resourceKey(resource));
      }
      if (!found) throw new WindowsError(`there is no session configuration ${resource.name}`);
      found.enabled = true;
      if (daclText(found.sddl) !== daclText(sddl)) found.sddl = sddl;
    }
    remember(machine.state, resourceKey(resource));
  },
};

type OthersResource = ResourceOf<"otherSessionConfigurations">;

function others({ sessionConfigurations }: HostState, { except }: OthersResource): SessionConfiguration[] {
  const kept = except.map((name) => name.toLowerCase());
  return sessionConfigurations.filter(({ name, enabled }) => enabled && !kept.includes(name.toLowerCase()));
}

export const otherSessionConfigurations: Handler<OthersResource, readonly SessionConfiguration[]> = {
  get: ({ state }, resource) => {
    demandProvider(state);
    return others(state, resource);
  },
  test: ({ state }, resource, found) => {
    const expected = `none but ${resource.except.join(", ")}`;
    return acting(state, resourceKey(resource), "service", judged(found.length === 0, expected, found.map(({ name }) => name).join(", ") || "none"));
  },
  set: ({ state }, resource) => {
    for (const one of others(state, resource)) one.enabled = false;
    remember(state, resourceKey(resource));
  },
};

type RootResource = ResourceOf<"rootDescriptor">;

const ROOT = "Service/RootSDDL";
const RIGHTS = { full: "GA", shell: "GX GR" } as const;
const rootSddl = (machine: Machine, { allow }: RootResource): string => sddlOf(allow.map(({ trustee, access }) => ({ rights: RIGHTS[access], sid: machine.sid(trustee) })));

export const rootDescriptor: Handler<RootResource, string> = {
  get: ({ state }) => {
    demandProvider(state);
    return wsmanValue(state, ROOT).value ?? "";
  },
  test: (machine, resource, found) => {
    const wanted = daclText(rootSddl(machine, resource));
    return judged(daclText(found) === wanted, wanted, daclText(found));
  },
  set: (machine, resource) => writeWsman(machine.state, ROOT, rootSddl(machine, resource)),
};

type JeaResource = ResourceOf<"jeaEndpoint">;

/** What a registered endpoint says of itself and its role's file, as one text. */
function declared({ state }: Machine, { name, accounts, commands, transcripts }: JeaResource): SessionConfiguration {
  const sids = accounts.map((account) => {
    const sid = account.startsWith("S-1-") ? account : sidOf(state, account);
    if (sid === undefined) throw new WindowsError(`nobody knows ${account}`);
    return sid;
  });
  const sddl = sddlOf(sids.map((sid) => ({ rights: "GA", sid })));
  return { name, enabled: true, sddl, role: JSON.stringify({ runAs: "virtual account", commands, transcripts }) };
}

export const jeaEndpoint: Handler<JeaResource, SessionConfiguration | undefined> = {
  get: ({ state }, { name }) => {
    demandProvider(state);
    return named(state, name);
  },
  test: (machine, resource, found) => {
    const wanted = declared(machine, resource);
    const good = found?.enabled === true && daclText(found.sddl) === daclText(wanted.sddl) && found.role === wanted.role;
    const role = found === undefined || found.role === wanted.role ? "" : ", with another role";
    const commands = `with ${resource.commands.map(({ name }) => name).join(", ")}`;
    return acting(machine.state, resourceKey(resource), "service", judged(good, `${text(wanted)}, ${commands}`, `${text(found)}${role}`));
  },
  set: (machine, resource) => {
    const { state } = machine;
    const wanted = declared(machine, resource);
    state.sessionConfigurations = [...state.sessionConfigurations.filter((known) => known !== named(state, resource.name)), wanted];
    remember(state, resourceKey(resource));
  },
};
