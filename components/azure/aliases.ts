import type * as pulumi from "@pulumi/pulumi";

/**
 * The SDK gives every resource of azure-native an alias for each API version that its type was ever known by: 60 for
 * an interface. The engine looks each of them up, and a stack that was never deployed through another version has
 * nothing under any. Aliases that somebody else has set stay.
 */
export function withoutOldAliases(opts: pulumi.ComponentResourceOptions = {}): pulumi.ComponentResourceOptions {
  return { ...opts, transformations: [...(opts.transformations ?? []), trimmed] };
}

const trimmed: pulumi.ResourceTransformation = ({ type, props, opts }) => {
  if (!type.startsWith("azure-native:") || !("aliases" in opts)) return undefined;
  return { props, opts: { ...opts, aliases: opts.aliases?.filter((alias) => !isOldVersion(alias)) } };
};

/** An alias that says nothing but another name of the type. */
function isOldVersion(alias: pulumi.Input<pulumi.URN | pulumi.Alias>): boolean {
  return typeof alias === "object" && Object.keys(alias).join() === "type" && String(Reflect.get(alias, "type")).startsWith("azure-native:");
}
