import { expect } from "chai";
import { asTheProviderDoes } from "../../cli/reader/arm";
import { armText, isAtWork, isTransient, retryAfter } from "../../cli/reader/arm-errors";
import { armEndpoint, isLoopback } from "../../cli/reader/endpoint";
import { Lanes } from "../../cli/reader/lanes";
import { azureRequest } from "./azure";
import { hostRequest } from "./guest";
import { node } from "./process";
import { pause } from "../sandbox/process";

/** Packages of clouds' SDKs that a reader of this request has loaded before it asks anybody. */
async function loaded(request: object, env: Readonly<Record<string, string>>): Promise<string[]> {
  const program = `
    require("tsx/cjs");
    const { openChannel, openDoors } = require("./cli/reader/cloud.ts");
    const { hostRequestSchema, parseRequest } = require("./cli/reader/request.ts");
    const request = parseRequest(hostRequestSchema, process.env.ASKED);
    openChannel(request, process.env);
    if (process.env.DOORS) openDoors(request, process.env);
    const packages = Object.keys(require.cache).map((path) => /node_modules\\/(@(?:azure|aws-sdk)\\/[^/]+)/.exec(path)?.[1]);
    console.log(JSON.stringify([...new Set(packages)].filter((name) => ["@aws-sdk/client-ec2", "@aws-sdk/client-ssm", "@azure/arm-compute", "@azure/identity"].includes(name)).sort()));`;
  const { stdout, stderr } = await node(["-e", program], { ASKED: JSON.stringify(request), ...env });
  expect(stderr).to.equal("");
  return JSON.parse(stdout) as string[];
}

describe("gate reader: clouds", function () {
  this.timeout(60_000);

  it("loads the SDK of its request's cloud and no other", async () => {
    expect(await loaded(hostRequest(), {})).to.deep.equal(["@aws-sdk/client-ssm"]);
    expect(await loaded(azureRequest(), { SECURE_WINRM_ARM_ENDPOINT: "http://127.0.0.1:9" })).to.deep.equal(["@azure/arm-compute"]);
    expect(await loaded(azureRequest(), {})).to.deep.equal(["@azure/arm-compute", "@azure/identity"]);
    expect(await loaded(hostRequest(), { DOORS: "too" })).to.deep.equal(["@aws-sdk/client-ec2", "@aws-sdk/client-ssm"]);
    expect(await loaded(azureRequest(), { DOORS: "too", SECURE_WINRM_ARM_ENDPOINT: "http://127.0.0.1:9" })).to.deep.equal(["@azure/arm-compute"]);
  });

  it("knows an address of this machine", () => {
    for (const url of ["http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1"]) expect(isLoopback(url), url).to.equal(true);
    for (const url of ["http://10.0.0.1", "http://localhost.example.org", "http://127.0.0.1.example.org", "http://localhost@example.org", "", undefined]) expect(isLoopback(url), url).to.equal(false);
    expect(armEndpoint({ SECURE_WINRM_ARM_ENDPOINT: "http://127.0.0.1:7/x?y" })).to.equal("http://127.0.0.1:7");
    expect(armEndpoint({ SECURE_WINRM_ARM_ENDPOINT: "" })).to.equal(undefined);
    expect(() => armEndpoint({ SECURE_WINRM_ARM_ENDPOINT: "https://management.azure.com" })).to.throw("is not an address of this machine");
  });

  it("takes the provider's names for credentials, and never half of each", () => {
    const taken = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => {
      asTheProviderDoes(env);
      return env;
    };
    expect(taken({ ARM_CLIENT_ID: "a", ARM_TENANT_ID: "b", ARM_CLIENT_SECRET: "c" })).to.include({ AZURE_CLIENT_ID: "a", AZURE_TENANT_ID: "b", AZURE_CLIENT_SECRET: "c" });
    expect(taken({ ARM_CLIENT_SECRET: "c", AZURE_CLIENT_ID: "mine" })).to.deep.equal({ ARM_CLIENT_SECRET: "c", AZURE_CLIENT_ID: "mine" });
  });

  it("says in one line that nobody could be logged in, and repeats nothing of it but its number", () => {
    const error = Object.assign(new Error("EnvironmentCredential: AADSTS7000215: Invalid client secret canary\nAzureCliCredential: az login"), { name: "AggregateAuthenticationError" });
    expect(armText(error)).to.match(/^no Azure credentials that work were found \(AADSTS7000215\); run az login, .*$/).and.not.to.include("canary");
    expect(armText(Object.assign(new Error("x\ny"), { name: "RestError", code: "AuthorizationFailed" }))).to.equal("AuthorizationFailed: x y");
  });

  it("knows what passes and for how long", () => {
    const said = (statusCode: number, code = "", headers: Readonly<Record<string, string>> = {}) => ({ statusCode, code, response: { headers: new Headers(headers) } });
    for (const error of [said(429), said(500), said(503), said(408), { code: "ECONNRESET" }, { code: "REQUEST_SEND_ERROR" }, { name: "AbortError" }]) expect(isTransient(error), JSON.stringify(error)).to.equal(true);
    for (const error of [said(400), said(403), said(409, "OperationNotAllowed"), { code: "ECONNREFUSED" }, undefined]) expect(isTransient(error) || isAtWork(error), JSON.stringify(error)).to.equal(false);
    expect(isAtWork(said(409, "Conflict"))).to.equal(true);
    expect(retryAfter(said(429, "", { "retry-after": "17" }))).to.equal(17_000);
    expect(retryAfter(said(429, "", { "retry-after": "Thu, 01 Jan 2026 00:00:30 GMT" }), Date.parse("2026-01-01T00:00:00Z"))).to.equal(30_000);
    expect(retryAfter(said(429))).to.equal(0);
    expect(retryAfter(undefined)).to.equal(0);
  });

  it("keeps to its lanes, whatever comes of the work", async () => {
    const lanes = new Lanes(3);
    let [now, most] = [0, 0];
    const work = async (i: number): Promise<number> => {
      now += 1;
      most = Math.max(most, now);
      await pause(1);
      now -= 1;
      if (i % 4 === 0) throw new Error("no");
      return i;
    };
    const done = await Promise.allSettled(Array.from({ length: 40 }, (_, i) => lanes.run(() => work(i))));
    expect(most).to.equal(3);
    expect(done.filter(({ status }) => status === "fulfilled")).to.have.length(30);
  });
});
