import type * as pulumi from "@pulumi/pulumi";

type Sites = readonly NodeJS.CallSite[];
type Hook = (error: Error, sites: NodeJS.CallSite[]) => unknown;
/** Node's typings call the hook a method; it is a property that anybody may set. */
const errors: { prepareStackTrace?: Hook } = Error;

/** Who is at it: fleets of one program may overlap, and only the last one puts the compiler's hook back. */
const at = { building: 0, waiting: 0 };
let installed: { readonly compiler: Hook; readonly ours: Hook } | undefined;

/**
 * Runs what registers many resources, without the stack traces that the SDK takes of itself meanwhile.
 *
 * The SDK takes one for each promise of each output, to name promises that never end, and one for each resource's place
 * in the source, which for planned resources is always the same line of ours. Pulumi's TypeScript compiler translates
 * every frame of them back to the source: 0.1 ms a trace, and most of what a registration costs. All other traces, and
 * so every error that anybody sees, are left to the compiler. Its hook is back when the engine has answered for
 * all resources, or when the work throws.
 */
export function untraced(work: () => Iterable<pulumi.Resource>): void {
  // Whoever looks for such promises wants the traces. Without a compiler's hook they cost little.
  if (process.env["PULUMI_DEBUG_PROMISE_LEAKS"] || errors.prepareStackTrace === undefined) return void work();
  at.building++;
  at.waiting++;
  if (errors.prepareStackTrace !== installed?.ours) installed = install(errors.prepareStackTrace);
  try {
    // A failed registration is told by the SDK; here it counts as answered.
    void Promise.allSettled(Array.from(work(), answer)).then(done);
  } catch (error) {
    done();
    throw error;
  } finally {
    at.building--;
  }
}

function install(compiler: Hook): typeof installed {
  const ours: Hook = (error, sites) => (isLedger(sites) || (at.building > 0 && isPlace(sites)) ? "" : compiler(error, sites));
  errors.prepareStackTrace = ours;
  return { compiler, ours };
}

function done(): void {
  at.waiting--;
  if (at.waiting > 0 || installed === undefined) return;
  // Somebody else's hook, set meanwhile, stays.
  if (errors.prepareStackTrace === installed.ours) errors.prepareStackTrace = installed.compiler;
  installed = undefined;
}

/** Ends when the engine has answered. Not in the SDK's typings, though every output has it. */
const answer = (resource: pulumi.Resource): unknown => Reflect.get(resource.urn, "isKnown");

const isLedger = ([first]: Sites): boolean => /[\\/]@pulumi[\\/]pulumi[\\/]runtime[\\/]debuggable\.js$/.test(first?.getFileName() ?? "");

/** By the function too: that file has errors for the user. */
const isPlace = ([first]: Sites): boolean => first?.getFunctionName()?.endsWith("callsites") === true && /[\\/]@pulumi[\\/]pulumi[\\/]resource\.js$/.test(first.getFileName() ?? "");
