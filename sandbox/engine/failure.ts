import type { JsonRecord } from "../store/json";

/** What the cloud's API answers when it refuses. */
export class CloudError extends Error {
  constructor(
    readonly code: string,
    message: string,
    text = `api error ${code}: ${message}`,
  ) {
    super(text);
  }
}

/** The object exists but did not become what it should: the engine keeps it in the state and reports the reason. */
export class PartialFailure extends Error {
  constructor(
    message: string,
    readonly id: string,
    readonly properties: JsonRecord,
  ) {
    super(message);
  }
}
