import { contains, overlaps, parsePrefix } from "../network/address";
import { hostsOf } from "../settings/places";
import type { Problem } from "../settings/problem";
import type { Settings } from "../settings/settings";

/** What only shows when the sections of the clouds are seen as a whole, as far as it is the same in each. */

/** Names are one namespace over all sections: faults, exceptions, inventory and summary go by them. */
export function nameProblems(settings: Settings): Problem[] {
  const sections = new Map<string, string>();
  return hostsOf(settings).flatMap(({ cloud, key, name }) => {
    const other = sections.get(name);
    sections.set(name, cloud);
    return other === undefined ? [] : [{ key, what: `is the name of a host in ${other} too`, found: `"${name}"`, mend: "give each host of a stack its own name" }];
  });
}

type Egress = NonNullable<Settings["aws"]>["network"]["egress"];

export function twiceOut(egress: Egress, section: string): Problem[] {
  const seen = new Map<string, number>();
  return egress.flatMap((rule, i): Problem[] => {
    const text = `${rule.protocol} ${rule.port}-${rule.toPort ?? rule.port} ${parsePrefix(rule.cidr)?.text ?? rule.cidr}`;
    const twin = seen.get(text);
    seen.set(text, i);
    return twin === undefined ? [] : [{ key: `${section}.network.egress[${i}]`, what: `says the same as ${section}.network.egress[${twin}]`, found: `"${rule.cidr}"`, mend: "keep one of the two" }];
  });
}

interface Made {
  readonly id?: string;
  readonly cidr?: string;
}

/** Subnets lie in the network that the section names: made with it, or found with it; and each has a range of its own. */
export function subnetProblems(section: string, subnets: Readonly<Record<string, Made>>, network: Made, what: string): Problem[] {
  const outer = network.cidr === undefined ? undefined : parsePrefix(network.cidr);
  const entries = Object.entries(subnets).map(([name, { id, cidr }]) => ({ name, id, cidr, range: cidr === undefined ? undefined : parsePrefix(cidr) }));
  return entries.flatMap(({ name, id, cidr, range }, i): Problem[] => {
    const key = `${section}.network.subnets.${name}`;
    if (id === undefined && network.id !== undefined) return [{ key, what: `would be made in a ${what} that is not made here`, found: "no id", mend: `write the id of an existing subnet of that ${what}` }];
    if (id !== undefined && network.cidr !== undefined) return [{ key: `${key}.id`, what: `cannot lie in a ${what} that is yet to be made`, found: `"${id}"`, mend: `write a cidr and no id, or name the existing ${what}` }];
    if (range === undefined) return [];
    const found = `"${cidr ?? ""}"`;
    if (outer && !contains(outer, range)) return [{ key: `${key}.cidr`, what: `is outside the ${what}`, found, mend: `write a range inside ${network.cidr ?? ""}` }];
    // One subnet may go by two names.
    const twin = entries.find((other, j) => j < i && other.range !== undefined && overlaps(other.range, range) && (id === undefined || other.id?.toLowerCase() !== id.toLowerCase()));
    return twin === undefined ? [] : [{ key: `${key}.cidr`, what: `overlaps with ${section}.network.subnets.${twin.name}`, found, mend: "give each subnet a range of its own" }];
  });
}

/** Both clouds take 50 tags on a resource, and a handful are set here. */
const MOST_TAGS = 45;

type Tags = Readonly<Record<string, string>>;

export interface TagRules {
  readonly cloud: string;
  /** What no name may have. */
  readonly refused: RegExp;
  /** What no value may have. @default - values are free */
  readonly refusedInValues?: RegExp;
  readonly mend: string;
}

/** The last set's tags: what a cloud refuses in them, and what is the same name to it as another, though written differently. */
export function tagNames(key: string, sets: readonly Tags[], { cloud, refused, refusedInValues, mend }: TagRules): Problem[] {
  const others = ["Name", ...sets.slice(0, -1).flatMap((tags) => Object.keys(tags))];
  return Object.entries(sets.at(-1) ?? {}).flatMap(([name, value], i, own): Problem[] => {
    const at = `${key}.${name}`;
    if (refused.test(name)) return [{ key: at, what: `has a character that ${cloud} refuses in a tag's name`, found: `"${name}"`, mend }];
    if (refusedInValues?.test(value) === true) return [{ key: at, what: `has a character that ${cloud} refuses in a tag's value`, found: `a text of ${value.length} characters`, mend }];
    const twin = [...others, ...own.slice(0, i).map(([other]) => other)].find((other) => other !== name && other.toLowerCase() === name.toLowerCase());
    return twin === undefined ? [] : [{ key: at, what: `is the tag ${twin} to ${cloud}, which tells no capitals from small letters`, found: `"${name}"`, mend: `write it as ${twin}, or take it out` }];
  });
}

/** A host bears the stack's tags, its section's and its own. */
export function tagsTooMany(section: string, all: readonly Tags[], hosts: Readonly<Record<string, { readonly tags: Tags }>>): Problem[] {
  return Object.entries(hosts).flatMap(([name, { tags }]): Problem[] => {
    const count = new Set([...all, tags].flatMap((one) => Object.keys(one))).size;
    return count <= MOST_TAGS ? [] : [{ key: `${section}.hosts.${name}.tags`, what: "are too many, with those of the stack and the section", found: `${count} tags`, mend: `keep at most ${MOST_TAGS} in all: a cloud takes 50, and some are set here` }];
  });
}
