import type { Entry } from "./audit";
import { boundRoots } from "./handlers";

/** What Prepare may do with an entry, if anything. */
export function prepared(entry: Entry): Entry[] {
  const { resource } = entry.bound;
  switch (resource.kind) {
    case "firewallProfile":
    case "folder":
    case "service":
    case "builtinRule":
      return [entry];
    case "certificate":
      return [{ ...entry, bound: boundRoots(resource) }];
    case "listener":
      return resource.ensure === "absent" ? [entry] : [];
    case "firewallRule":
      // A block of single addresses needs the node list.
      return resource.action === "Block" && resource.remote === "Any" ? [entry] : [];
    default:
      return [];
  }
}
