import { createHash } from "node:crypto";
import { ADMINISTRATORS, AUTHENTICATED_USERS, EVERYONE, LOCAL_ACCOUNT, LOCAL_ACCOUNT_AND_ADMINISTRATOR, MACHINE_SID } from "./sids";
import type { Account, Group, HostState } from "./state";

/** Accounts and groups: who is who by SID, and whom a right reaches. */

/** A domain gives the same name the same SID on every machine. */
function domainSid(name: string): string {
  const [user = "", realm = ""] = name.toLowerCase().split("@");
  const words = (text: string, count: number): number[] => {
    const digest = createHash("sha256").update(text).digest();
    return Array.from({ length: count }, (_, i) => digest.readUInt32BE(i * 4));
  };
  return `S-1-5-21-${words(realm, 3).join("-")}-${1100 + ((words(user, 1)[0] ?? 0) % 1_000_000)}`;
}

/** A name as a stack file has it: `svc-ansible` is of this machine, `svc-ansible@CORP.EXAMPLE` of a domain. */
export const isDomainName = (name: string): boolean => name.includes("@");

export const accountNamed = (state: HostState, name: string): Account | undefined => state.accounts.find((known) => known.name.toLowerCase() === name.toLowerCase());

/** The SID of an account or a group; undefined where nobody knows the name. */
export function sidOf(state: HostState, name: string): string | undefined {
  const folded = name.toLowerCase();
  if (isDomainName(name)) return state.unresolvable.includes(folded) ? undefined : domainSid(name);
  return accountNamed(state, name)?.sid ?? state.groups.find((known) => known.name.toLowerCase() === folded)?.sid;
}

/** By SID, or by name where Windows gives it none that is known. */
export const groupOf = (state: HostState, group: string): Group | undefined =>
  state.groups.find((known) => known.sid === group || known.name.toLowerCase() === group.toLowerCase());

export const isLocalAccount = (state: HostState, sid: string): boolean => state.accounts.some((known) => known.sid === sid);
export const isBuiltInAdministrator = (sid: string): boolean => /^S-1-5-21-.+-500$/.test(sid);

/** Every SID that an account bears at a logon over the network, its own first. */
export function tokenOf(state: HostState, sid: string): string[] {
  const token = [sid, EVERYONE, AUTHENTICATED_USERS];
  if (isLocalAccount(state, sid)) token.push(LOCAL_ACCOUNT);
  // Groups stand in groups: as often round as it takes.
  for (let known = 0; known !== token.length; ) {
    known = token.length;
    for (const group of state.groups) {
      if (!token.includes(group.sid) && group.members.some((member) => token.includes(member))) token.push(group.sid);
    }
  }
  if (isLocalAccount(state, sid) && token.includes(ADMINISTRATORS)) token.push(LOCAL_ACCOUNT_AND_ADMINISTRATOR);
  return token;
}

/** Makes a local account with the next free number. */
export function makeAccount(state: HostState, name: string): Account {
  const numbers = [...state.accounts, ...state.groups].map(({ sid }) => Number(sid.split("-").at(-1)));
  const account = { name, sid: `${MACHINE_SID}-${Math.max(1000, ...numbers) + 1}`, enabled: true };
  state.accounts.push(account);
  return account;
}
