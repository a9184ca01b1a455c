import { printable } from "../../components/evidence/judge";

const THROTTLING = new Set(["ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded", "RequestThrottled"]);
/** Ended by our own signal, or by the network. A refused connection is no such thing: nobody is there, and nobody comes. */
const PASSING = new Set(["AbortError", "TimeoutError", "ECONNRESET", "EPIPE", "ETIMEDOUT", "EAI_AGAIN", "ENETUNREACH", "EHOSTUNREACH"]);

interface Fields {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: unknown };
}

/** Errors of the SDK are classes, plain network errors, or both: only these fields are looked at. */
const fields = (error: unknown): Fields => (typeof error === "object" && error !== null ? error : {});

export function nameOf(error: unknown): string {
  const { name } = fields(error);
  return typeof name === "string" ? name : "";
}

/** Worth asking again, after the SDK's own tries. */
export function isTransient(error: unknown): boolean {
  const { name, code, $metadata } = fields(error);
  const status = $metadata?.httpStatusCode;
  return (
    [name, code].some((word) => typeof word === "string" && (THROTTLING.has(word) || PASSING.has(word))) ||
    (typeof status === "number" && (status >= 500 || status === 429))
  );
}

/** One line for people, without a stack trace. */
export function plainText(error: unknown): string {
  const { name, code, message } = fields(error);
  if (name === "CredentialsProviderError") return "no AWS credentials were found; set AWS_PROFILE, log in, or give the machine a role";
  if (code === "ECONNREFUSED") return "nobody answers at the endpoint (connection refused)";
  const text = typeof message === "string" && message !== "" ? message : "no message";
  return printable(typeof name === "string" && name !== "Error" ? `${name}: ${text}` : text);
}
