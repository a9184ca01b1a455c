import { accountNamed, groupOf, isDomainName, sidOf } from "./accounts";
import { configuration, PWSH_CONFIGURATIONS } from "./defaults-sessions";
import { vendorWsman } from "./defaults-wsman";
import { MACHINE_SID } from "./sids";
import { folded, wsmanKey, type HostState, type SessionConfiguration } from "./state";
import type { Ways } from "./spoil";

/** Who may do what: accounts, groups, rights, session configurations. */

/** Somebody who is in no document. */
export const STRANGER = `${MACHINE_SID}-4711`;

const outOfGroups = (state: HostState, name: string, groups: readonly string[]): void => {
  const sid = sidOf(state, name);
  for (const one of groups) {
    const group = groupOf(state, one);
    if (group) group.members = group.members.filter((member) => member !== sid);
  }
};

export const account: Ways<"account"> = {
  /** One of a domain cannot be disabled from here: it goes out of its groups, or nobody finds it any more. */
  "disabled": (state, { name, memberOf }) => {
    const local = accountNamed(state, name);
    if (local) local.enabled = false;
    else if (memberOf.length > 0) outOfGroups(state, name, memberOf);
    else if (isDomainName(name)) state.unresolvable.push(folded(name));
  },
};

export const group: Ways<"group"> = {
  "a stranger in it": (state, { group: name }) => {
    const known = groupOf(state, name);
    if (known) known.members.push(STRANGER);
    else state.groups.push({ name, sid: name.startsWith("S-1-") ? name : `${MACHINE_SID}-4712`, members: [STRANGER] });
  },
};

/** Whoever is not part of Windows, as far as the machine knows them. */
const people = ({ accounts, groups }: HostState): string[] => [
  ...accounts.flatMap(({ sid }) => (Number(sid.split("-").at(-1)) > 1000 ? [sid] : [])),
  ...groups.flatMap(({ members }) => members.filter((sid) => sid.startsWith("S-1-5-21-") && !sid.startsWith(MACHINE_SID))),
];

export const userRight: Ways<"userRight"> = {
  "taken from all, or given to all": (state, { right, holds }) => {
    state.rights[right] = holds.length > 0 ? [] : [...(state.rights[right] ?? []), ...people(state)];
  },
};

function configurationOf(state: HostState, name: string): SessionConfiguration {
  const known = state.sessionConfigurations.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (known) return known;
  const made = configuration(name);
  state.sessionConfigurations.push(made);
  return made;
}

export const sessionConfiguration: Ways<"sessionConfiguration"> = {
  "open to all that Windows opens it to": (state, { name }) => Object.assign(configurationOf(state, name), configuration(name)),
  "off, or open to a stranger": (state, { name, ensure }) => {
    const one = configurationOf(state, name);
    one.enabled = ensure === "off";
    one.sddl = one.sddl.replace("D:P", `D:P(A;;GA;;;${STRANGER})`);
  },
};

export const otherSessionConfigurations: Ways<"otherSessionConfigurations"> = {
  "another PowerShell's": (state, { except }) => {
    for (const one of PWSH_CONFIGURATIONS) {
      if (!except.includes(one.name)) Object.assign(configurationOf(state, one.name), one);
    }
  },
};

export const rootDescriptor: Ways<"rootDescriptor"> = {
  "the vendor's": (state) => {
    state.wsman[wsmanKey("Service/RootSDDL")] = vendorWsman("Service/RootSDDL") ?? "";
  },
  "a stranger in it": (state) => {
    const key = wsmanKey("Service/RootSDDL");
    state.wsman[key] = (state.wsman[key] ?? "").replace("D:P", `D:P(A;;GA;;;${STRANGER})`);
  },
};

export const jeaEndpoint: Ways<"jeaEndpoint"> = {
  "another role": (state, { name }) => {
    configurationOf(state, name).role = "everything";
  },
  "off": (state, { name }) => {
    configurationOf(state, name).enabled = false;
  },
};
