import type { GuestKind } from "../../components/guest/kinds";
import type { ResourceOf } from "./handler";
import type { HostState } from "./state";

/**
 * Ways to spoil one kind of resource, by what somebody did. The first is what the fault "stuck" does, and shows in that
 * resource alone, as far as Windows can have it so; the others may show where others look at the same thing from their side.
 */
export type Ways<Kind extends GuestKind> = Readonly<Record<string, (state: HostState, resource: ResourceOf<Kind>, now: string) => void>>;

export const FOREIGN_THUMBPRINT = "0".repeat(40);
export const FOREIGN_APP = "{00000000-0000-0000-0000-000000000000}";
