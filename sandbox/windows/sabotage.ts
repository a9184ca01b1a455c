import type { GuestKind, GuestResource } from "../../components/guest/kinds";
import type { Ways } from "./spoil";
import { account, group, jeaEndpoint, otherSessionConfigurations, rootDescriptor, sessionConfiguration, userRight } from "./spoil-access";
import { addresses, answer, builtinRule, certificate, firewallLog, firewallProfile, firewallRule, foreignRules, listener, nodeList, sslBinding } from "./spoil-network";
import { accountPolicy, auditPolicy, eventLog, folder, policy, registry, scheduledTask, service, updates, wsman } from "./spoil-values";
import type { HostState } from "./state";

const WAYS: { readonly [Kind in GuestKind]: Ways<Kind> } = {
  folder,
  wsman,
  registry,
  certificate,
  listener,
  sslBinding,
  firewallRule,
  builtinRule,
  firewallProfile,
  service,
  nodeList,
  answer,
  policy,
  accountPolicy,
  userRight,
  auditPolicy,
  eventLog,
  sessionConfiguration,
  otherSessionConfigurations,
  rootDescriptor,
  account,
  group,
  jeaEndpoint,
  scheduledTask,
  firewallLog,
  foreignRules,
  addresses,
  updates,
};

/** What a table of one kind takes is a resource of that kind, which the compiler cannot follow through the look-up. */
const waysFor = ({ kind }: GuestResource): Ways<GuestKind> => WAYS[kind] as Ways<GuestKind>;

/** By what somebody did; the first is the one that is taken when none is named. */
export const waysToSpoil = (resource: GuestResource): readonly string[] => Object.keys(waysFor(resource));

/** Spoils the state of a resource as an administrator, an installer or an attacker would, and nothing else. */
export function sabotage(state: HostState, resource: GuestResource, now: string, way?: string): HostState {
  const spoiled = structuredClone(state);
  spoil(spoiled, resource, now, way);
  return spoiled;
}

export function spoil(state: HostState, resource: GuestResource, now: string, way = waysToSpoil(resource)[0] ?? ""): void {
  const chosen = waysFor(resource)[way];
  if (!chosen) throw new Error(`a ${resource.kind} cannot be spoiled like this: ${way}`);
  chosen(state, resource, now);
}
