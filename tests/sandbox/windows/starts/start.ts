import { ref, type GuestKind, type GuestResource } from "../../../../components/guest/kinds";
import { resourceKey } from "../../../../components/guest/resource-key";
import type { HostState } from "../../../../sandbox/windows";
import type { ResourceOf } from "../../../../sandbox/windows/handler";
import type { Asked } from "../lab";
import { resources } from "../kinds-lab";

/** One machine as a run finds it, one resource, and what becomes of both. */
export interface Start<Kind extends GuestKind> {
  readonly found: string;
  readonly resource: ResourceOf<Kind>;
  /** Whom the document must name besides, for this one to be understood. */
  readonly beside?: readonly GuestResource[];
  /** Left out: as the vendor delivers it. */
  readonly start?: (host: HostState) => HostState | void;
  readonly asked?: Partial<Asked["cloud"]>;
  readonly before: "pass" | "fail" | "unknown";
  readonly after: "pass" | "fail" | "unknown";
  /** What the finding says that is left after the run. */
  readonly says?: RegExp;
  /** What the run must leave as it was. */
  readonly keeps?: (host: HostState) => unknown;
  /** What the run must have made of it. */
  readonly makes?: (host: HostState) => unknown;
  readonly made?: unknown;
}

/** The vendor's machine first, then the ones that others have left behind. */
export type Starts<Kind extends GuestKind> = readonly [vendor: Start<Kind>, hostile: Start<Kind>, ...more: Start<Kind>[]];

/** A resource of the document by hand. */
export function known<Kind extends GuestKind>(kind: Kind, key: string): ResourceOf<Kind> {
  const one = resources.find((resource) => resource.kind === kind && resourceKey(resource) === `${kind} ${key}`.trim());
  if (!one) throw new Error(`the document by hand has no ${kind} ${key}`);
  return one as ResourceOf<Kind>;
}

export const ACCOUNTS = [known("account", "connection"), known("account", "become")] as const;
export const CERTIFICATE = known("certificate", "");
export const LISTENER: GuestResource = { kind: "listener", transport: "HTTPS", ensure: "present", port: 5986, addresses: ref("host.listen"), hostname: ref("host.name") };
export const GPO = "{31B2F340-016D-11D2-945F-00C04FB984F9}";
