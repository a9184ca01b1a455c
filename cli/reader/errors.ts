import { printable } from "../../components/evidence/judge";

/** Ended by our own signal, or by the network. A refused connection is no such thing: nobody is there, and nobody comes. */
const PASSING = new Set(["AbortError", "TimeoutError", "ECONNRESET", "EPIPE", "ETIMEDOUT", "EAI_AGAIN", "ENETUNREACH", "EHOSTUNREACH"]);

interface Fields {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
}

/** Errors of the SDKs are classes, plain network errors, or both: only these fields are looked at. */
const fields = (error: unknown): Fields => (typeof error === "object" && error !== null ? error : {});

const word = (value: unknown): string => (typeof value === "string" ? value : "");

export const nameOf = (error: unknown): string => word(fields(error).name);
export const codeOf = (error: unknown): string => word(fields(error).code);
export const messageOf = (error: unknown): string => word(fields(error).message);

export const isPassing = (error: unknown): boolean => PASSING.has(nameOf(error)) || PASSING.has(codeOf(error));

/** A server that is in trouble, or that wants to be asked less. */
export const isBusy = (status: unknown): boolean => typeof status === "number" && (status >= 500 || status === 429 || status === 408);

/** One line for people, without a stack trace. */
export function plainText(error: unknown, name = nameOf(error)): string {
  if (codeOf(error) === "ECONNREFUSED") return "nobody answers at the endpoint (connection refused)";
  const text = messageOf(error) || "no message";
  return printable(name !== "" && name !== "Error" ? `${name}: ${text}` : text);
}
