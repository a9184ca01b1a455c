import type { InputFields } from "../../engine/shape";

/** An object of its own, by its id. The SDK would take the whole object here; Azure heeds the id alone, so that is all that the sandbox takes. */
export const REFERENCE = { "id?": "string" } satisfies InputFields;
