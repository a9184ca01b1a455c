import type { InputFields } from "../engine/shape";

/** Inputs as @pulumi/random 4.21.2 types them; a test compares them with the typings. */
export const randomIdInputs = { byteLength: "number", "keepers?": "string{}", "prefix?": "string" } satisfies InputFields;

export const randomUuidInputs = { "keepers?": "string{}" } satisfies InputFields;

export const randomPasswordInputs = {
  "keepers?": "string{}",
  length: "number",
  "lower?": "boolean",
  "minLower?": "number",
  "minNumeric?": "number",
  "minSpecial?": "number",
  "minUpper?": "number",
  "number?": "boolean",
  "numeric?": "boolean",
  "overrideSpecial?": "string",
  "special?": "boolean",
  "upper?": "boolean",
} satisfies InputFields;
