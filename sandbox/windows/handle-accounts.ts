import type { Trustee } from "../../components/guest/kinds";
import { accountNamed, groupOf, isBuiltInAdministrator, isDomainName, makeAccount, sidOf, tokenOf } from "./accounts";
import { judged, type Handler, type Judgement, type ResourceOf } from "./handler";
import type { Machine } from "./machine";
import { WindowsError } from "./winrm";

/** Accounts, local groups, user rights. */

type AccountResource = ResourceOf<"account">;

interface FoundAccount {
  readonly sid: string | undefined;
  readonly enabled: boolean;
  readonly missing: readonly string[];
}

const exists = ({ name }: AccountResource): string => (isDomainName(name) ? "found in its domain" : "enabled");

export const account: Handler<AccountResource, FoundAccount> = {
  get: ({ state }, { name, memberOf }) => {
    const sid = sidOf(state, name);
    const isIn = (group: string): boolean => sid !== undefined && groupOf(state, group)?.members.includes(sid) === true;
    return { sid, enabled: isDomainName(name) || accountNamed(state, name)?.enabled === true, missing: memberOf.filter((group) => !isIn(group)) };
  },
  test: (_machine, resource, { sid, enabled, missing }): Judgement => {
    const groups = resource.memberOf.length > 0 ? `, in ${resource.memberOf.join(", ")}` : "";
    const expected = `${resource.name} ${exists(resource)}${groups}, not the built-in Administrator`;
    if (sid === undefined) return judged(false, expected, `nobody knows ${resource.name}`);
    if (isBuiltInAdministrator(sid)) return judged(false, expected, `${resource.name} is the built-in Administrator`);
    const found = [enabled ? `${resource.name} ${exists(resource)}` : `${resource.name} disabled`, ...missing.map((group) => `not in ${group}`)];
    return judged(enabled && missing.length === 0, expected, found.join(", "));
  },
  set: (machine, resource) => {
    const { state } = machine;
    const { name, memberOf } = resource;
    if (isBuiltInAdministrator(sidOf(state, name) ?? "")) throw new WindowsError(`${name} is the built-in Administrator, which is not for this`);
    if (!isDomainName(name)) make(machine, resource);
    const sid = sidOf(state, name);
    if (sid === undefined) throw new WindowsError(`nobody knows ${name}`);
    for (const wanted of memberOf) {
      const group = groupOf(state, wanted);
      if (!group) throw new WindowsError(`there is no group ${wanted}`);
      if (!group.members.includes(sid)) group.members.push(sid);
    }
  },
};

/** The password comes from the secret store and is kept nowhere in the model. */
function make({ state, cloud, host }: Machine, { name, secret: template }: AccountResource): void {
  const secret = template.replaceAll("{host}", host?.host ?? "");
  const known = accountNamed(state, name);
  if (known) {
    known.enabled = true;
    return;
  }
  if (secret === "") throw new WindowsError(`${name} does not exist, and there is no secret to make it with`);
  if (cloud.secret?.(secret) === undefined) throw new WindowsError(`secret ${secret} cannot be read`);
  makeAccount(state, name);
}

const list = (texts: readonly string[]): string => texts.join(", ") || "nobody";

export const group: Handler<ResourceOf<"group">, readonly string[]> = {
  get: ({ state }, { group: name }) => groupOf(state, name)?.members ?? [],
  test: (machine, { members }, found) => {
    const wanted = members.map((member) => machine.sid(member));
    const good = wanted.length === found.length && wanted.every((sid) => found.includes(sid));
    return judged(good, list(wanted), list(found));
  },
  set: (machine, { group: name, members }) => {
    const known = groupOf(machine.state, name);
    if (!known) throw new WindowsError(`there is no group ${name}`);
    known.members = members.map((member) => machine.sid(member));
  },
};

type RightResource = ResourceOf<"userRight">;

const lacksIt = (machine: Machine, found: readonly string[], trustee: Trustee): boolean => !tokenOf(machine.state, machine.sid(trustee)).some((sid) => found.includes(sid));

export const userRight: Handler<RightResource, readonly string[]> = {
  get: ({ state }, { right }) => state.rights[right] ?? [],
  test: (machine, { holds, lacks }, found) => {
    const without = holds.filter((trustee) => lacksIt(machine, found, trustee));
    const by = lacks.flatMap((trustee) => tokenOf(machine.state, machine.sid(trustee)).flatMap((sid) => (found.includes(sid) ? [`${trustee} has it by ${sid}`] : [])));
    const expected = [...holds.map((one) => `held by ${one}`), ...lacks.map((one) => `not by ${one}`)].join(", ");
    return judged(without.length + by.length === 0, expected, [list(found), ...without.map((one) => `without ${one}`), ...by].join("; "));
  },
  /** Added to, never narrowed, but for those who must not have it and stand there by themselves. */
  set: (machine, { right, holds, lacks }) => {
    const { state } = machine;
    const banned = lacks.map((trustee) => machine.sid(trustee));
    const kept = (state.rights[right] ?? []).filter((sid) => !banned.includes(sid));
    const added = holds.filter((trustee) => lacksIt(machine, kept, trustee)).map((trustee) => machine.sid(trustee));
    state.rights[right] = [...kept, ...added];
  },
};
