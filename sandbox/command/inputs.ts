import type { InputFields } from "../engine/shape";

/** Inputs as @pulumi/command 1.2.1 types them; a test compares them with the typings. */
export const commandInputs = {
  "addPreviousOutputInEnv?": "boolean",
  "archivePaths?": "string[]",
  "assetPaths?": "string[]",
  "create?": "string",
  "delete?": "string",
  "dir?": "string",
  "environment?": "string{}",
  "interpreter?": "string[]",
  "logging?": "string",
  "stdin?": "string",
  "triggers?": "any[]",
  "update?": "string",
} satisfies InputFields;
