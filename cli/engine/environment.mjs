import { join, delimiter, resolve } from "node:path";
import { SANDBOX_STACK } from "./arguments.mjs";

/**
 * The sandbox's own backend and settings, for a child's environment only: whoever is logged in elsewhere stays so.
 * Tests name folders of their own.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ state: string, cloud: string }}
 */
export function sandboxFolders(root, env) {
  return {
    state: resolve(root, env.SECURE_WINRM_STATE || join(".sandbox", "state")),
    cloud: resolve(root, env.SECURE_WINRM_SANDBOX || join(".sandbox", "cloud")),
  };
}

/**
 * @param {string} root
 * @param {string} stack
 * @param {string | undefined} engine the engine's folder
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function stackEnvironment(root, stack, engine, env) {
  const path = [engine, env.PATH].filter(Boolean).join(delimiter);
  // The type check is done by `npm test` and the editor; at every run it would cost seconds and half a gigabyte.
  const transpileOnly = env.PULUMI_NODEJS_TRANSPILE_ONLY ?? "true";
  const common = { ...env, PATH: path, PULUMI_NODEJS_TRANSPILE_ONLY: transpileOnly };
  if (stack !== SANDBOX_STACK) return common;
  const { state, cloud } = sandboxFolders(root, env);
  return {
    ...common,
    SECURE_WINRM_STATE: state,
    SECURE_WINRM_SANDBOX: cloud,
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CREDENTIALS_PATH: state,
    PULUMI_ACCESS_TOKEN: undefined,
    PULUMI_CONFIG_PASSPHRASE: "",
    PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Its providers are folders of this repository. Without this every run spends seconds on downloads that it does not need.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
  };
}
