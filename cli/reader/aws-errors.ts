import { codeOf, isBusy, isPassing, nameOf, plainText } from "./errors";

const THROTTLING = new Set(["ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded", "RequestThrottled"]);

/** Worth asking again, after the SDK's own tries. */
export const isTransient = (error: unknown): boolean =>
  isPassing(error) || THROTTLING.has(nameOf(error)) || THROTTLING.has(codeOf(error)) || isBusy((error as { $metadata?: { httpStatusCode?: unknown } } | null)?.$metadata?.httpStatusCode);

export const awsText = (error: unknown): string =>
  nameOf(error) === "CredentialsProviderError" ? "no AWS credentials were found; set AWS_PROFILE, log in, or give the machine a role" : plainText(error);
