import type { GuestKind, GuestResource } from "../../components/guest/kinds";
import { resourceKey } from "../../components/guest/resource-key";
import { account, group, userRight } from "./handle-accounts";
import { certificate, roots } from "./handle-certificate";
import { builtinRule, firewallLog, firewallProfile, firewallRule, foreignRules } from "./handle-firewall";
import { answer, listener, sslBinding } from "./handle-listener";
import { addresses, eventLog, scheduledTask, updates } from "./handle-machine";
import { nodeList } from "./handle-nodelist";
import { accountPolicy, auditPolicy, policy } from "./handle-policy";
import { jeaEndpoint, otherSessionConfigurations, rootDescriptor, sessionConfiguration } from "./handle-sessions";
import { folder, registry, service, wsman } from "./handle-settings";
import type { Handler, Judgement, ResourceOf } from "./handler";
import { Deferred, type Machine } from "./machine";

/** One handler per kind. A kind without one does not compile. */
export const HANDLERS = {
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
} satisfies Record<GuestKind, object>;

/** A resource together with its handler, the kind known to both. */
export interface Bound {
  readonly key: string;
  readonly resource: GuestResource;
  readonly settable: boolean;
  judge(machine: Machine): Judgement;
  set(machine: Machine): void;
}

export function bound(resource: GuestResource): Bound {
  switch (resource.kind) {
    case "folder":
      return bind(resource, HANDLERS.folder);
    case "wsman":
      return bind(resource, HANDLERS.wsman);
    case "registry":
      return bind(resource, HANDLERS.registry);
    case "certificate":
      return bind(resource, HANDLERS.certificate);
    case "listener":
      return bind(resource, HANDLERS.listener);
    case "sslBinding":
      return bind(resource, HANDLERS.sslBinding);
    case "firewallRule":
      return bind(resource, HANDLERS.firewallRule);
    case "builtinRule":
      return bind(resource, HANDLERS.builtinRule);
    case "firewallProfile":
      return bind(resource, HANDLERS.firewallProfile);
    case "service":
      return bind(resource, HANDLERS.service);
    case "nodeList":
      return bind(resource, HANDLERS.nodeList);
    case "answer":
      return bind(resource, HANDLERS.answer);
    case "policy":
      return bind(resource, HANDLERS.policy);
    case "accountPolicy":
      return bind(resource, HANDLERS.accountPolicy);
    case "userRight":
      return bind(resource, HANDLERS.userRight);
    case "auditPolicy":
      return bind(resource, HANDLERS.auditPolicy);
    case "eventLog":
      return bind(resource, HANDLERS.eventLog);
    case "sessionConfiguration":
      return bind(resource, HANDLERS.sessionConfiguration);
    case "otherSessionConfigurations":
      return bind(resource, HANDLERS.otherSessionConfigurations);
    case "rootDescriptor":
      return bind(resource, HANDLERS.rootDescriptor);
    case "account":
      return bind(resource, HANDLERS.account);
    case "group":
      return bind(resource, HANDLERS.group);
    case "jeaEndpoint":
      return bind(resource, HANDLERS.jeaEndpoint);
    case "scheduledTask":
      return bind(resource, HANDLERS.scheduledTask);
    case "firewallLog":
      return bind(resource, HANDLERS.firewallLog);
    case "foreignRules":
      return bind(resource, HANDLERS.foreignRules);
    case "addresses":
      return bind(resource, HANDLERS.addresses);
    case "updates":
      return bind(resource, HANDLERS.updates);
    default: {
      const never: never = resource;
      return never;
    }
  }
}

/** Of a certificate only what a run without one can bring about. */
export const boundRoots = (resource: ResourceOf<"certificate">): Bound => bind(resource, roots);

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function bind<Resource extends GuestResource, Found>(resource: Resource, handler: Handler<Resource, Found>): Bound {
  const key = resourceKey(resource);
  const judge = (machine: Machine): Judgement => {
    try {
      return handler.test(machine, resource, handler.get(machine, resource));
    } catch (error) {
      return { verdict: "unknown", expected: "an answer", found: message(error) };
    }
  };
  return {
    key,
    resource,
    settable: handler.set !== undefined,
    judge,
    /** Get, test, set, get again. Nothing is written where the test passes. */
    set: (machine) => {
      const before = judge(machine);
      // What is written and only waits for a start is not written again.
      if (before.verdict === "pass" || !handler.set || (before.verdict === "unknown" && before.awaits)) return;
      try {
        handler.set(machine, resource);
        const after = judge(machine);
        machine.record("set", key, before.found, after.found);
        // What is written and waits for a start is right as far as a run can make it so.
        if (after.verdict === "pass" || after.awaits) machine.repaired.push(key);
      } catch (error) {
        const why = message(error);
        if (error instanceof Deferred) machine.deferred.set(key, why);
        machine.record(error instanceof Deferred ? "deferred" : "error", key, before.found, why);
      }
    },
  };
}
