import { createDefaultHttpClient, createPipelineRequest, RestError, type PipelineResponse } from "@azure/core-rest-pipeline";
import { z } from "zod";
import { armClient, armRoot, type ArmPlace } from "./arm";
import { armText, isAtWork, isMissing, isTransient, retryAfter } from "./arm-errors";
import { ChannelError } from "./channel";
import { Backoff, type Patience } from "./patience";

type Query = Readonly<Record<string, string>>;

const refusalSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
const pageSchema = z.object({ value: z.array(z.unknown()), nextLink: z.string().nullish() });

/**
 * Plain requests to Azure Resource Manager for the few things that the compute SDK has no methods for, by the pipeline
 * of that SDK's client: the same credential, the same bounds, no further SDK. Asked until there is an answer or patience ends.
 */
export class ArmRequests {
  readonly #pipeline;
  readonly #http = createDefaultHttpClient();
  readonly #root: string;
  readonly #insecure: boolean;

  /** @param endpoint a sandbox's, on this machine */
  constructor(place: ArmPlace, endpoint: string | undefined) {
    this.#pipeline = armClient(place, endpoint).pipeline;
    this.#root = armRoot(place, endpoint);
    this.#insecure = endpoint !== undefined;
  }

  /** Undefined when there is no such thing. */
  async get<T>(path: string, query: Query, schema: z.ZodType<T>, patience: Patience): Promise<T | undefined> {
    return this.#read(this.#url(path, query), path, schema, patience);
  }

  /** All pages of a list. */
  async list<T>(path: string, query: Query, item: z.ZodType<T>, patience: Patience): Promise<readonly T[]> {
    const all: T[] = [];
    for (let url: string | undefined = this.#url(path, query); url !== undefined && url !== "";) {
      const page: z.infer<typeof pageSchema> | undefined = await this.#read(url, path, pageSchema, patience);
      if (page === undefined) throw new ChannelError(`GET ${path}: Azure has no such thing`);
      all.push(...page.value.map((one) => parsed(item, one, path)));
      url = this.#next(page.nextLink ?? undefined, path);
    }
    return all;
  }

  /** Whether Azure has taken it; not that the thing is gone. What is gone already is fine. */
  async remove(path: string, query: Query, patience: Patience): Promise<void> {
    await this.#asked("DELETE", this.#url(path, query), path, patience);
  }

  #url(path: string, query: Query): string {
    // Not URLSearchParams: Azure's filters want a space as %20.
    const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    return `${this.#root}${encodeURI(path)}?${pairs.join("&")}`;
  }

  /** The next page's address gets our token too. */
  #next(link: string | undefined, path: string): string | undefined {
    if (link === undefined || link === "" || (URL.canParse(link) && new URL(link).origin === new URL(this.#root).origin)) return link;
    throw new ChannelError(`GET ${path}: its next page is said to be elsewhere than at ${this.#root}`);
  }

  async #read<T>(url: string, path: string, schema: z.ZodType<T>, patience: Patience): Promise<T | undefined> {
    const answer = await this.#asked("GET", url, path, patience);
    return answer === undefined ? undefined : parsed(schema, json(answer.bodyAsText), path);
  }

  async #asked(method: "GET" | "DELETE", url: string, path: string, patience: Patience): Promise<PipelineResponse | undefined> {
    const backoff = new Backoff();
    let last = "no answer";
    while (!patience.over) {
      let wait = 0;
      try {
        const request = createPipelineRequest({ method, url, abortSignal: patience.signal(), allowInsecureConnection: this.#insecure });
        const response = await this.#pipeline.sendRequest(this.#http, request);
        if (response.status < 300) return response;
        const refusal = refusalSchema.safeParse(json(response.bodyAsText)).data?.error;
        throw new RestError(refusal?.message ?? `status ${response.status}`, { code: refusal?.code, statusCode: response.status, request, response });
      } catch (error) {
        if (isMissing(error)) return undefined;
        if (!isTransient(error) && !isAtWork(error)) throw new ChannelError(`${method} ${path}: ${armText(error)}`);
        if (!patience.over) last = armText(error);
        wait = retryAfter(error);
      }
      await backoff.pause(patience, wait);
    }
    throw new ChannelError(`${method} ${path}: no answer within ${patience.text}: ${last}`);
  }
}

function json(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

function parsed<T>(schema: z.ZodType<T>, value: unknown, path: string): T {
  const found = schema.safeParse(value);
  if (found.success) return found.data;
  const [issue] = found.error.issues;
  throw new ChannelError(`GET ${path}: the answer is not as Azure describes it: ${issue?.path.map(String).join(".") || "the whole"}: ${issue?.message ?? "is wrong"}`);
}
