import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import type { JsonRecord } from "../store/json";
import type { CloudStore } from "../store/store";
import { checkInputs } from "./check";
import { checkConfig, readConfig } from "./config";
import { difference } from "./diff";
import { PartialFailure } from "./failure";
import * as lifecycle from "./lifecycle";
import type { Call, ProviderConfig, ProviderPackage, ResourceType } from "./resource";
import { afterRead, afterWrite, createPreview, updatePreview } from "./state";
import { conceal, plainRecord, secretKeys } from "./values";
import { fromStruct, toDiff, toFailures, toServiceError, toStruct } from "./wire";

/** One answer for one request; an exception becomes the status that the engine understands. */
function unary<Request, Response>(answer: (request: Request) => Response | Promise<Response>): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => answer(call.request))
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback(toServiceError(error)),
      );
  };
}

const unimplemented: grpc.handleUnaryCall<unknown, never> = (_call, callback) =>
  callback({ code: grpc.status.UNIMPLEMENTED, details: "the sandbox has no such operation" });

const unimplementedStream: grpc.handleServerStreamingCall<unknown, never> = (call) => {
  call.emit("error", { code: grpc.status.UNIMPLEMENTED, details: "the sandbox has no such operation" });
};

/** urn:pulumi:stack::project::parent$type::name */
function parseUrn(urn: string): { readonly type: string; readonly name: string } {
  const [, , types = "", ...name] = urn.split("::");
  return { type: types.split("$").at(-1) ?? "", name: name.join("::") };
}

/** The ResourceProvider service of one package, on the store. */
export class ProviderServer {
  private config: ProviderConfig = { region: "", defaultTags: {} };
  private readonly types: ReadonlyMap<string, ResourceType>;
  private readonly cancelled = new AbortController();

  constructor(
    private readonly provider: ProviderPackage,
    private readonly store: CloudStore,
  ) {
    this.types = new Map(provider.resources.map((type) => [type.token, type]));
  }

  stop(): void {
    this.cancelled.abort();
  }

  private type(urn: string): ResourceType {
    const { type } = parseUrn(urn);
    const found = this.types.get(type);
    if (found === undefined) throw new Error(`the sandbox's ${this.provider.name} has no resource type ${type}`);
    return found;
  }

  private call(urn: string, inputs: JsonRecord, oldInputs?: JsonRecord): Call {
    return { store: this.store, config: this.config, urn, name: parseUrn(urn).name, inputs, oldInputs, cancelled: this.cancelled.signal };
  }

  methods(): IResourceProviderServer {
    return {
      handshake: unary(() => new rpc.ProviderHandshakeResponse().setAcceptSecrets(true).setAcceptResources(true)),
      getPluginInfo: unary(() => new PluginInfo().setVersion(this.provider.version)),
      attach: unary(() => new Empty()),
      getSchema: unary(() => new rpc.GetSchemaResponse().setSchema(JSON.stringify({ name: this.provider.name, version: this.provider.version }))),
      getMapping: unary(() => new rpc.GetMappingResponse()),
      getMappings: unary(() => new rpc.GetMappingsResponse()),
      parameterize: unimplemented,
      call: unimplemented,
      construct: unimplemented,
      list: unimplementedStream,
      cancel: unary(() => {
        this.stop();
        return new Empty();
      }),
      checkConfig: unary((request: rpc.CheckRequest) => {
        const news = fromStruct(request.getNews());
        return new rpc.CheckResponse().setInputs(toStruct(news)).setFailuresList(toFailures(checkConfig(this.provider, plainRecord(news))));
      }),
      diffConfig: unary((request: rpc.DiffRequest) => this.diffConfig(request)),
      configure: unary((request: rpc.ConfigureRequest) => {
        this.config = readConfig(this.provider, plainRecord(fromStruct(request.getArgs())));
        return new rpc.ConfigureResponse().setAcceptsecrets(true).setAcceptresources(true).setSupportspreview(true);
      }),
      invoke: unary((request: rpc.InvokeRequest) => this.invoke(request)),
      check: unary((request: rpc.CheckRequest) => this.check(request)),
      diff: unary((request: rpc.DiffRequest) => this.diff(request)),
      create: unary((request: rpc.CreateRequest) => this.create(request)),
      read: unary((request: rpc.ReadRequest) => this.read(request)),
      update: unary((request: rpc.UpdateRequest) => this.update(request)),
      delete: unary((request: rpc.DeleteRequest) => this.delete(request)),
    };
  }

  private diffConfig(request: rpc.DiffRequest): rpc.DiffResponse {
    const keys = (value: JsonRecord): string => JSON.stringify(Object.entries(plainRecord(value)).sort());
    const same = keys(fromStruct(request.getOldInputs())) === keys(fromStruct(request.getNews()));
    return new rpc.DiffResponse().setChanges(same ? rpc.DiffResponse.DiffChanges.DIFF_NONE : rpc.DiffResponse.DiffChanges.DIFF_SOME);
  }

  private invoke(request: rpc.InvokeRequest): rpc.InvokeResponse {
    const invoke = this.provider.invokes[request.getTok()];
    if (invoke === undefined) throw new Error(`the sandbox's ${this.provider.name} has no function ${request.getTok()}`);
    this.store.event({ op: "invoke", type: request.getTok(), id: "" });
    return new rpc.InvokeResponse().setReturn(toStruct(invoke(plainRecord(fromStruct(request.getArgs())), this.config, this.store)));
  }

  private check(request: rpc.CheckRequest): rpc.CheckResponse {
    const { inputs, problems } = checkInputs(this.type(request.getUrn()), {
      name: parseUrn(request.getUrn()).name,
      news: fromStruct(request.getNews()),
      olds: plainRecord(fromStruct(request.getOlds())),
      randomSeed: request.getRandomseed_asU8(),
      config: this.config,
    });
    return new rpc.CheckResponse().setInputs(toStruct(inputs)).setFailuresList(toFailures(problems));
  }

  private diff(request: rpc.DiffRequest): rpc.DiffResponse {
    const [olds, news, oldInputs] = [request.getOlds(), request.getNews(), request.getOldInputs()].map((one) => plainRecord(fromStruct(one)));
    return toDiff(difference(this.type(request.getUrn()), olds ?? {}, news ?? {}, oldInputs ?? {}));
  }

  private async create(request: rpc.CreateRequest): Promise<rpc.CreateResponse> {
    const type = this.type(request.getUrn());
    const raw = fromStruct(request.getProperties());
    const inputs = plainRecord(raw);
    if (request.getPreview()) {
      return new rpc.CreateResponse().setProperties(toStruct(afterWrite(type, raw, createPreview(type, inputs))));
    }
    const created = await this.withSecrets(type, raw, () => lifecycle.create(type, this.call(request.getUrn(), inputs)));
    return new rpc.CreateResponse().setId(created.id).setProperties(toStruct(afterWrite(type, raw, created.properties)));
  }

  private async update(request: rpc.UpdateRequest): Promise<rpc.UpdateResponse> {
    const type = this.type(request.getUrn());
    const raw = fromStruct(request.getNews());
    const olds = plainRecord(fromStruct(request.getOlds()));
    const inputs = plainRecord(raw);
    const oldInputs = plainRecord(fromStruct(request.getOldInputs()));
    const properties = request.getPreview()
      ? updatePreview(type, inputs, olds, difference(type, olds, inputs, oldInputs))
      : await this.withSecrets(type, raw, () => lifecycle.update(type, this.call(request.getUrn(), inputs, oldInputs), request.getId(), olds));
    return new rpc.UpdateResponse().setProperties(toStruct(afterWrite(type, raw, properties)));
  }

  /** The properties of a half-failed object pass the same marking of secrets as those of a whole one. */
  private async withSecrets<T>(type: ResourceType, raw: JsonRecord, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PartialFailure)) throw error;
      throw new PartialFailure(error.message, error.id, afterWrite(type, raw, error.properties));
    }
  }

  private async read(request: rpc.ReadRequest): Promise<rpc.ReadResponse> {
    const type = this.type(request.getUrn());
    const [rawOlds, rawInputs] = [fromStruct(request.getProperties()), fromStruct(request.getInputs())];
    const [olds, inputs] = [plainRecord(rawOlds), plainRecord(rawInputs)];
    const id = type.resolves?.(this.store, request.getId()) ?? request.getId();
    const found = await type.read(this.call(request.getUrn(), inputs), id, olds);
    if (found === undefined && Object.keys(olds).length === 0 && type.importFails !== undefined) throw new Error(type.importFails(id));
    if (found === undefined) return new rpc.ReadResponse();
    const secret = new Set([...secretKeys(rawOlds), ...secretKeys(rawInputs), ...(type.secretOutputs ?? [])]);
    return new rpc.ReadResponse()
      .setId(id)
      .setProperties(toStruct(conceal(type.tells?.(found) ?? found, secret)))
      .setInputs(toStruct(conceal(afterRead(type, request.hasInputs() ? inputs : undefined, found, olds), secret)));
  }

  private async delete(request: rpc.DeleteRequest): Promise<Empty> {
    const type = this.type(request.getUrn());
    const olds = plainRecord(fromStruct(request.getProperties()));
    await lifecycle.remove(type, this.call(request.getUrn(), olds), request.getId(), olds);
    return new Empty();
  }
}
