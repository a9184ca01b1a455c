import { RequestError } from "./request";

/** A sandbox's Azure Resource Manager, on this machine. */
export const ARM_ENDPOINT = "SECURE_WINRM_ARM_ENDPOINT";

/** Whether an endpoint stands on this very machine: a sandbox's, since no cloud does. */
export function isLoopback(url: string | undefined): boolean {
  if (url === undefined || !URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** The sandbox's endpoint, where there is one. Anywhere else than on this machine it would be somebody's who wants to open doors. */
export function armEndpoint(env: NodeJS.ProcessEnv): string | undefined {
  const url = env[ARM_ENDPOINT];
  if (url === undefined || url === "") return undefined;
  if (!isLoopback(url)) throw new RequestError(`${ARM_ENDPOINT} is not an address of this machine: it is for the sandbox alone; unset it`);
  return new URL(url).origin;
}
