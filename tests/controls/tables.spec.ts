import { expect } from "chai";
import fc from "fast-check";
import { catalogue, enforced } from "../../components/controls/catalogue";
import { AUDIT_POLICIES } from "../../components/controls/tables/audit-subcategories";
import { NEVER_EXPOSED } from "../../components/controls/tables/never-exposed";
import { PASSWORD_DEMANDS } from "../../components/controls/tables/passwords";
import { standingExceptions } from "../../components/controls/standing";
import type { GuestKind, GuestResource } from "../../components/guest/kinds";
import { resourceKey } from "../../components/guest/resource-key";
import { profileOf } from "../guest/documents";
import { example, settingsOf } from "../support/example";
import { approved, jeaOf, stacks } from "../support/stacks";

const LOCAL = { name: "svc-ansible", becomeUser: "svc-become", transport: "ntlm", secret: "accounts/{host}/ansible", becomeSecret: "accounts/{host}/become" };

const settings = (change: object = {}) => settingsOf({ ...example(), ...change });
const declaredBy = (id: string, change: object = {}): readonly GuestResource[] => enforced.find((control) => control.id === id)?.guest(profileOf(settings(change))) ?? [];
const allOf = (change: object = {}): readonly GuestResource[] => enforced.flatMap(({ id }) => declaredBy(id, change));
const find = (resources: readonly GuestResource[], key: string): GuestResource | undefined => resources.find((resource) => resourceKey(resource) === key);

const endpoint = { account: { ...example().account, escalation: "endpoint" }, exceptions: [approved("runas-escalation", "endpoint-recorded")] };
const local = { account: LOCAL, exceptions: [approved("remoting-user-only", "local-account-token-filter")] };
const jea = { jea: [jeaOf(2)], exceptions: [approved("remoting-user-only", "jea-endpoint")] };
const winrm = { account: { ...example().account, plugin: "winrm" } };

describe("the twenty controls", () => {
  it("are enforced, every one, and each declares something of Windows", () => {
    expect(enforced).to.have.length(20);
    for (const { id, layers } of catalogue) {
      expect(declaredBy(id), id).to.not.deep.equal([]);
      expect(layers, id).to.include("guest");
    }
  });

  it("keep no door shut for what is only reported", () => {
    expect(catalogue.filter(({ gate }) => !gate).map(({ id }) => id)).to.deep.equal(["least-privilege", "up-to-date", "traffic-monitoring", "regular-audit"]);
  });

  it("use every kind of resource", () => {
    // A kind that is added to the type and not here does not compile.
    const kinds: Record<GuestKind, true> = {
      folder: true, wsman: true, registry: true, certificate: true, listener: true, sslBinding: true, firewallRule: true, builtinRule: true, firewallProfile: true, service: true,
      nodeList: true, answer: true, policy: true, accountPolicy: true, userRight: true, auditPolicy: true, eventLog: true, sessionConfiguration: true, otherSessionConfigurations: true,
      rootDescriptor: true, account: true, group: true, jeaEndpoint: true, scheduledTask: true, firewallLog: true, foreignRules: true, addresses: true, updates: true,
    };
    expect([...new Set(allOf(jea).map(({ kind }) => kind))]).to.have.members(Object.keys(kinds));
  });

  it("name each published demand once, with the release that it was read from", () => {
    for (const { id, references } of catalogue) {
      const texts = references.map((reference) => Object.values(reference).join(" "));
      expect(new Set(texts).size, id).to.equal(texts.length);
      for (const { version } of references) expect(version, id).to.not.equal("");
    }
  });
});

describe("values of the benchmark", () => {
  it("are kept to by the password policy, whatever a stack asks for", () => {
    fc.assert(
      fc.property(stacks, (stack) => {
        const { passwords } = settingsOf(stack);
        for (const { cis, within: [least, most], resource } of PASSWORD_DEMANDS) {
          const { op, value, write } = resource(passwords);
          expect(write, cis).to.be.within(least, most);
          if (op === "between") expect(value, cis).to.satisfy(([from, to]: readonly number[]) => from === least && (to ?? Infinity) <= most && (to ?? 0) >= write);
          else expect(value, cis).to.equal(write);
        }
      }),
    );
  });

  it("fit together: no counter outlasts its lock, no password must be older than it may be", () => {
    fc.assert(
      fc.property(stacks, (stack) => {
        const { passwords } = settingsOf(stack);
        const written = Object.fromEntries(PASSWORD_DEMANDS.map(({ resource }) => resource(passwords)).map(({ name, write }) => [name, write]));
        expect(written["ResetLockoutCount"]).to.be.at.most(written["LockoutDuration"] ?? 0);
        expect(written["MinimumPasswordAge"]).to.be.below(written["MaximumPasswordAge"] ?? 0);
      }),
    );
  });

  it("are in a table of subcategories that names each once, and each for something", () => {
    expect(new Set(AUDIT_POLICIES.map(({ subcategory }) => subcategory)).size).to.equal(27);
    for (const { subcategory, success, failure } of AUDIT_POLICIES) {
      expect(subcategory).to.match(/^\{0CCE92[0-9A-F]{2}-69AE-11D9-BED3-505054503030\}$/);
      expect(success || failure, subcategory).to.equal(true);
    }
  });

  it("shut no plugin out: shells stay allowed, and nothing hands the listener over to AllowAutoConfig", () => {
    fc.assert(
      fc.property(stacks, (stack) => {
        const policies = declaredOf(stack);
        expect(policies.find(({ name }) => name === "AllowRemoteShellAccess")).to.include({ op: "eq", value: 1 });
        expect(policies.find(({ name }) => name === "AllowAutoConfig")).to.include({ op: "absent" });
      }),
    );
  });
});

const declaredOf = (stack: object) => enforced.flatMap((control) => control.guest(profileOf(settingsOf(stack)))).flatMap((resource) => (resource.kind === "policy" ? [resource] : []));

describe("who may come, by account and plugin", () => {
  const access = (change: object) => declaredBy("remoting-user-only", change).flatMap((resource) => (resource.kind === "sessionConfiguration" ? [[resource.name, resource.ensure, resource.allow]] : []));
  const roots = (change: object) => declaredBy("remoting-user-only", change).flatMap((resource) => (resource.kind === "rootDescriptor" ? resource.allow : []));
  const tokenFilter = (change: object) => find(declaredBy("remoting-user-only", change), "policy SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System\\LocalAccountTokenFilterPolicy");
  const ADMINISTRATORS = { trustee: "S-1-5-32-544", access: "full" };

  it("psrp: one account in one session configuration, and no shell of WinRS", () => {
    expect(access({})).to.deep.equal([["microsoft.powershell", "access", ["account.connection"]]]);
    expect(roots({})).to.deep.equal([ADMINISTRATORS]);
  });

  it("winrm: a shell of WinRS, and no session configuration", () => {
    expect(access(winrm)).to.deep.equal([["microsoft.powershell", "off", undefined]]);
    expect(roots(winrm)).to.deep.equal([ADMINISTRATORS, { trustee: "account.connection", access: "shell" }]);
  });

  it("endpoint: a session configuration of its own, and the common one is off", () => {
    expect(access(endpoint)).to.deep.equal([["microsoft.powershell", "off", undefined], ["secure-winrm", "access", ["account.connection"]]]);
  });

  it("leaves every other session configuration off, but those that are declared", () => {
    const except = (change: object) => declaredBy("unused-endpoints", change).flatMap((resource) => (resource.kind === "otherSessionConfigurations" ? resource.except : []));
    expect(except({})).to.deep.equal(["microsoft.powershell"]);
    expect(except(endpoint)).to.deep.equal(["microsoft.powershell", "secure-winrm"]);
    expect(except(jea)).to.deep.equal(["microsoft.powershell", "jea.operators"]);
  });

  it("filters tokens of local accounts but for a local administrator's sake", () => {
    expect(tokenFilter({})).to.include({ value: 0 });
    expect(tokenFilter(local)).to.include({ value: 1 });
    const standard = { account: { ...LOCAL, escalation: "endpoint" }, exceptions: [approved("runas-escalation", "endpoint-recorded")] };
    expect(tokenFilter(standard)).to.include({ value: 0 });
  });

  it("makes local accounts where the host can read their passwords, and asks for the others", () => {
    const accounts = (certificateFrom: "secret" | "store") =>
      (enforced.find(({ id }) => id === "runas-escalation")?.guest(profileOf(settings(local), { certificateFrom })) ?? []).flatMap((resource) => (resource.kind === "account" ? [[resource.role, resource.memberOf, resource.secret]] : []));
    expect(accounts("secret")).to.deep.equal([["connection", ["S-1-5-32-544"], LOCAL.secret], ["become", ["S-1-5-32-544"], LOCAL.becomeSecret]]);
    expect(accounts("store").map(([, , secret]) => secret)).to.deep.equal(["", ""]);
  });

  it("makes no administrator of an account that works in an endpoint", () => {
    expect(find(declaredBy("runas-escalation", endpoint), "account connection")).to.deep.include({ memberOf: [] });
  });

  it("keeps RunAs credentials out of plug-ins where nothing needs virtual accounts", () => {
    const key = "policy SOFTWARE\\Policies\\Microsoft\\Windows\\WinRM\\Service\\DisableRunAs";
    expect(find(declaredBy("unused-endpoints"), key)).to.include({ value: 1 });
    for (const change of [endpoint, jea]) expect(find(declaredBy("unused-endpoints", change), key)).to.equal(undefined);
  });

  it("logs what modules are called with, unless the stack takes that out", () => {
    const modules = (logging: object = {}) => declaredBy("script-block-logging", { logging }).filter((resource) => resource.kind === "policy" && resource.path.includes("ModuleLogging"));
    expect(modules()).to.have.length(2);
    expect(modules({ powershell: { modules: false } })).to.deep.equal([]);
  });

  it("encrypts logged scripts with a certificate on one line, when there is one", () => {
    const pem = "-----BEGIN CERTIFICATE-----\nTUlJQg==\nTUlJQg==\n-----END CERTIFICATE-----\n";
    const policies = declaredBy("script-block-logging", { logging: { powershell: { protectedEventLoggingCertificate: pem } } });
    expect(policies.find((resource) => resource.kind === "policy" && resource.name === "EncryptionCertificate")).to.include({ value: "-----BEGIN CERTIFICATE-----TUlJQg==TUlJQg==-----END CERTIFICATE-----" });
    expect(declaredBy("script-block-logging").some((resource) => resource.kind === "policy" && resource.name === "EncryptionCertificate")).to.equal(false);
  });
});

describe("standing exceptions", () => {
  const of = (change: object = {}) => standingExceptions(settings(change)).map(({ control, what }) => `${control}: ${what}`);

  it("say what no setting can meet, and no more", () => {
    expect(of()).to.have.length(4);
    expect(of()).to.include("runas-escalation: the connecting account is an administrator");
    expect(of(endpoint).join()).to.not.include("the connecting account is an administrator");
    expect(of(endpoint).join()).to.include("DisableRunAs");
    expect(of(endpoint)).to.include("runas-escalation: that the connecting account is no administrator is not looked at");
    expect(of(jea).join()).to.include("DisableRunAs");
  });

  it("say what does not leave the hosts because the stack switches it off", () => {
    const more = (logging: object): string[] => of({ logging }).filter((line) => !of().includes(line)).map((line) => line.split(":")[0] ?? "");
    expect(more({ events: false })).to.deep.equal(["event-logging", "regular-audit"]);
    expect(more({ flowLogs: false })).to.deep.equal(["traffic-monitoring"]);
  });

  it("are each of a control that there is, with a reason that fits one line", () => {
    for (const { control, what, reason } of standingExceptions(settings(jea))) {
      expect(catalogue.map(({ id }) => id)).to.include(control);
      expect(`${what} ${reason}`).to.match(/^[\x20-\x7e]{40,300}$/);
    }
  });
});

describe("commands that no endpoint exposes", () => {
  it("hold what Microsoft's guidance names", () => {
    for (const name of ["start-process", "new-service", "invoke-item", "invoke-wmimethod", "invoke-cimmethod", "add-localgroupmember", "add-adgroupmember", "invoke-command", "invoke-expression", "register-scheduledtask"]) {
      expect(NEVER_EXPOSED.has(name), name).to.equal(true);
    }
  });
});
