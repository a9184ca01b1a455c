import type { GuestResource, Ref } from "./kinds";

/** One line that names a resource in findings: unique within a document, the same on every host. */
export function resourceKey(resource: GuestResource): string {
  switch (resource.kind) {
    case "folder":
      return `folder ${resource.path}`;
    case "wsman":
      return `wsman ${resource.path}`;
    case "registry":
    case "policy":
      return `${resource.kind} ${resource.path}\\${resource.name}`;
    case "certificate":
      return "certificate";
    case "listener":
      return `listener ${resource.transport}`;
    case "sslBinding":
      return `sslBinding ${resource.port}`;
    case "firewallRule":
    case "builtinRule":
      return `${resource.kind} ${resource.name}`;
    case "firewallProfile":
    case "firewallLog":
      return `${resource.kind} ${resource.profile}`;
    case "service":
    case "accountPolicy":
    case "sessionConfiguration":
    case "jeaEndpoint":
    case "scheduledTask":
      return `${resource.kind} ${resource.name}`;
    case "userRight":
      return `userRight ${resource.right}`;
    case "auditPolicy":
      return `auditPolicy ${resource.subcategory}`;
    case "eventLog":
      return `eventLog ${resource.channel}`;
    case "account":
      return `account ${resource.role}`;
    case "group":
      return `group ${resource.group}`;
    case "nodeList":
    case "otherSessionConfigurations":
    case "rootDescriptor":
    case "foreignRules":
    case "addresses":
    case "updates":
      return resource.kind;
    case "answer":
      return `answer ${resource.scheme}:${resource.port} ${Array.isArray(resource.addresses) ? "loopback" : (resource.addresses as Ref).ref}`;
    default: {
      const never: never = resource;
      return never;
    }
  }
}
