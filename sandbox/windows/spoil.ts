import type { GuestKind } from "../../components/guest/kinds";
import type { ResourceOf } from "./handler";
import type { HostState } from "./state";

/** Ways to spoil one kind of resource, by what somebody did; the first is what the fault "stuck" does. Each changes what that resource looks at, and nothing else. */
export type Ways<Kind extends GuestKind> = Readonly<Record<string, (state: HostState, resource: ResourceOf<Kind>, now: string) => void>>;

export const FOREIGN_THUMBPRINT = "0".repeat(40);
export const FOREIGN_APP = "{00000000-0000-0000-0000-000000000000}";
