/** The address of an object in Azure Resource Manager, taken apart. Case counts nowhere in it. */
export interface ArmId {
  readonly subscription: string;
  readonly resourceGroup: string;
  /** "Microsoft.Network/virtualNetworks/subnets" */
  readonly type: string;
  /** One name for each part of the type. */
  readonly names: readonly string[];
}

/** What lies in a resource group: undefined for what is no such id. */
export function parseArmId(id: string): ArmId | undefined {
  const [empty, subscriptions = "", subscription = "", groups = "", resourceGroup = "", providers = "", namespace = "", ...rest] = id.split("/");
  const fits = empty === "" && [subscriptions, groups, providers].map((part) => part.toLowerCase()).join() === "subscriptions,resourcegroups,providers";
  if (!fits || rest.length === 0 || rest.length % 2 !== 0 || [subscription, resourceGroup, namespace, ...rest].includes("")) return undefined;
  const types = rest.filter((_, i) => i % 2 === 0);
  return { subscription, resourceGroup, type: [namespace, ...types].join("/"), names: rest.filter((_, i) => i % 2 === 1) };
}

export const groupId = (subscription: string, resourceGroup: string): string => `/subscriptions/${subscription}/resourceGroups/${resourceGroup}`;

/** `type` is "Microsoft.Network/virtualNetworks/subnets", with a name for each part after the namespace. */
export function armId(subscription: string, resourceGroup: string, type: string, ...names: readonly string[]): string {
  const [namespace = "", ...types] = type.split("/");
  return `${groupId(subscription, resourceGroup)}/providers/${namespace}/${types.map((part, i) => `${part}/${names[i] ?? ""}`).join("/")}`;
}

export const sameArmId = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Whether something lies in what bears the other id: a subnet in its network, a machine in its group. */
export const liesIn = (id: string, outer: string): boolean => id.toLowerCase().startsWith(`${outer.toLowerCase()}/`);

/** The id of what something is part of: a subnet's virtual network, an extension's machine. */
export const parentId = (id: string): string => id.split("/").slice(0, -2).join("/");

/** The last name in an id. */
export const lastName = (id: string): string => id.split("/").at(-1) ?? "";

/** Subscription and resource group of any id that has them. */
export function placeOf(id: string): { readonly subscription: string; readonly resourceGroup: string } {
  const [, , subscription = "", , resourceGroup = ""] = id.split("/");
  return { subscription, resourceGroup };
}
