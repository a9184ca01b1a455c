import { codeOf, isBusy, isPassing, messageOf, nameOf, plainText } from "./errors";

/** Of @azure/identity: nobody could be logged in. Their texts have a paragraph for each way that was tried. */
const CREDENTIALS = new Set(["CredentialUnavailableError", "AggregateAuthenticationError", "AuthenticationError", "AuthenticationRequiredError"]);
/** What the pipeline calls a connection that broke, and an answer that was cut off. */
const BROKEN = new Set(["REQUEST_SEND_ERROR", "PARSE_ERROR"]);
/** Somebody is at work on the same thing; another 409 will not mend itself. */
const AT_WORK = new Set(["Conflict", "AnotherOperationInProgress", "OperationPreempted", "ConflictingConcurrentWriteNotAllowed", "RetryableError"]);

interface Fields {
  readonly statusCode?: unknown;
  readonly response?: { readonly headers?: { get?(name: string): string | undefined } };
}

const fields = (error: unknown): Fields => (typeof error === "object" && error !== null ? error : {});

export const statusOf = (error: unknown): unknown => fields(error).statusCode;

export const isTransient = (error: unknown): boolean => isPassing(error) || BROKEN.has(codeOf(error)) || isBusy(statusOf(error));
export const isMissing = (error: unknown): boolean => statusOf(error) === 404;
export const isAtWork = (error: unknown): boolean => statusOf(error) === 409 && AT_WORK.has(codeOf(error));

/** Azure has no code of its own for it. Text seen in MicrosoftDocs/azure-docs#117976. */
export const isTooMany = (error: unknown): boolean => /maximum number of managed run commands/i.test(messageOf(error));

/** How long Azure wants to be left alone, in milliseconds. */
export function retryAfter(error: unknown, now = Date.now()): number {
  const value = fields(error).response?.headers?.get?.("retry-after") ?? "";
  const wait = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return wait > 0 ? wait : 0;
}

/** One line for people. Of a failed log-in only its number: the rest is long, and speaks of the ways that nobody has chosen. */
export function armText(error: unknown): string {
  if (CREDENTIALS.has(nameOf(error))) {
    const [number] = /AADSTS\d+/.exec(messageOf(error)) ?? [];
    return `no Azure credentials that work were found${number === undefined ? "" : ` (${number})`}; run az login, set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or give the machine an identity`;
  }
  return plainText(error, codeOf(error) || nameOf(error));
}
