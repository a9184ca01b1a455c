import { join } from "node:path";

/** The stack that needs no account: its own project file, backend and emulated providers. */
export const SANDBOX_STACK = "sandbox";

/** @typedef {"up" | "preview" | "refresh" | "destroy"} PulumiCommand */
export const PULUMI_COMMANDS = /** @type {const} */ (["up", "preview", "refresh", "destroy"]);

/**
 * Takes the stack out of what the user has written after `--`, in all the ways that Pulumi accepts it; the last one counts.
 * @param {readonly string[]} args
 * @returns {{ stack: string, rest: string[] }}
 */
export function takeStack(args) {
  let stack = SANDBOX_STACK;
  /** @type {string[]} */
  const rest = [];
  for (let i = 0; i < args.length; i++) {
    const arg = String(args[i]);
    const joined = /^(?:--stack=|-s=?)(.+)$/s.exec(arg);
    if (arg === "--stack" || arg === "-s") {
      const next = args[++i];
      if (next === undefined || next === "") throw new Error(`${arg}: the stack's name is missing; write for example ${arg} prod-aws`);
      stack = next;
    } else if (joined) {
      stack = String(joined[1]);
    } else {
      rest.push(arg);
    }
  }
  return { stack, rest };
}

/**
 * @param {readonly string[]} args
 * @param {...string} names
 */
export function hasFlag(args, ...names) {
  return args.some((arg) => names.some((name) => arg === name || arg.startsWith(`${name}=`)));
}

/**
 * What Pulumi is called with. The sandbox asks nothing and looks the same everywhere; on a stack of the user's own the preview and
 * the question before it stay. The user's arguments come last, so that they win.
 * @param {string} root
 * @param {PulumiCommand} command
 * @param {string} stack
 * @param {readonly string[]} rest
 * @returns {string[]}
 */
export function pulumiArguments(root, command, stack, rest) {
  const changes = command !== "preview";
  const goesOn = command === "up" || command === "destroy" ? ["--continue-on-error"] : [];
  if (stack !== SANDBOX_STACK) return [command, "--stack", stack, ...goesOn, ...rest];
  const unasked = changes ? ["--yes", ...(hasFlag(rest, "--preview-only") ? [] : ["--skip-preview"])] : [];
  // What a killed run was making is found again by its name or made anew: nobody pays for it here.
  const forgets = command === "refresh" ? ["--clear-pending-creates"] : [];
  const sandbox = ["-C", join(root, "sandbox"), "--non-interactive"];
  return [command, ...sandbox, "--stack", SANDBOX_STACK, ...unasked, ...forgets, ...goesOn, ...rest];
}
