import { join, resolve } from "node:path";

/** Where the sandbox's cloud lies: named by the environment, else beside the program. */
export const cloudFolder = (): string => resolve(process.env["SECURE_WINRM_SANDBOX"] ?? join(__dirname, "..", "..", ".sandbox", "cloud"));
