import { expect } from "chai";
import fc from "fast-check";
import { parseCron, type Cron } from "../../sandbox/aws/cron";
import { fieldsOf } from "../../sandbox/logs/delimited";
import { grok, grokFields } from "../../sandbox/logs/grok";
import { parsePattern } from "../../sandbox/logs/pattern";
import { parseDocument } from "../../sandbox/ssm/document";

const matches = (pattern: string, line: string): boolean => parsePattern(pattern).match(line) !== undefined;

/** From the user guide of CloudWatch Logs, "Filter pattern syntax". */
const GUIDE: readonly (readonly [string, string, boolean])[] = [
  ["ERROR", "[ERROR] A fatal exception has occurred", true],
  ["ERROR", "Exiting with ERRORCODE: -1", true],
  ["ERROR", "[error] small", false],
  ["ERROR Exception", "[ERROR] Unhandled Exception", true],
  ["ERROR Exception", "[ERROR] Unhandled", false],
  ['"Failed to process the request"', "[WARN] Failed to process the request", true],
  ['"Failed to process the request"', "Failed to process a request", false],
  ['ERROR -"Exiting"', "Exiting with ERRORCODE: -1", false],
  ["ERROR -WARN", "ERROR message", true],
  ["ERROR -WARN", "ERROR WARN message", false],
  ["?ERROR ?WARN", "WARN message", true],
  ["?ERROR ?WARN", "INFO message", false],
  ['"say \\"hello\\""', 'they say "hello"', true],
  ["[w1=ERROR || w1=WARN, w2]", "WARN message", true],
  ["[w1=ERROR || w1=WARN, w2]", "INFO message", false],
  ["[w1=ERROR, w2]", "ERROR two words", false],
  ["[ip, user, username, timestamp, request, status_code = 4*, bytes]", '127.0.0.1 - frank [10/Oct/2000:13:35:22 -0700] "GET /apache_pb.gif HTTP/1.0" 404 5324', true],
  ["[ip, user, username, timestamp, request, status_code = 4*, bytes > 9000]", '127.0.0.1 - frank [10/Oct/2000:13:35:22 -0700] "GET /apache_pb.gif HTTP/1.0" 404 5324', false],
  ["[ip, user, username, timestamp, request = *.gif*, status_code = 4* && status_code != 404, bytes]", '1.1.1.1 - frank [10/Oct/2000] "GET /a.gif" 404 5324', false],
  ["[..., status_code, bytes = 1534]", '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 200 1534', true],
  ["[ip, user, ...]", "127.0.0.1", false],
  ['{ $.eventType = "UpdateTrail" }', '{"eventType":"UpdateTrail"}', true],
  ["{ $.sourceIPAddress != 123.123.* }", '{"sourceIPAddress":"111.111.111.111"}', true],
  ["{ $.sourceIPAddress != 123.123.* }", '{"other":1}', false],
  ['{ $.user.email = "a" || $.id = 1 && $.action = "nomatch" }', '{"user":{"email":"a"},"id":1,"action":"GET"}', true],
  ['{ ($.user.email = "a" || $.id = 1) && $.action = "nomatch" }', '{"user":{"email":"a"},"id":1,"action":"GET"}', false],
  ["{ $.latency >= 500 }", '{"latency":500}', true],
  ["{ $.users = 1 }", '{"users":[1,2,3]}', false],
  ["{ $.a = 1 }", "no JSON", false],
];

const UNKNOWN: readonly (readonly [string, RegExp])[] = [
  ["error-code", /double quotes/],
  ['"never ends', /is not understood/],
  ["ERROR ?WARN", /mixes/],
  ["%ERROR%", /regular expressions/],
  ['"back\\slash"', /backslash/],
  ["[a, b = 1", /does not end with/],
  ["[a = 1 || b = 2]", /conditions on a and b/],
  ["[a, a]", /two fields of one name/],
  ["[..., a, ...]", /twice/],
  ["[a = secure-winrm]", /double quotes/],
  ["[a ~ 1]", /condition/],
  ["{ $.a = 1", /does not end with/],
  ["{ $.a = 1 && }", /condition/],
  ["{ ($.a = 1 }", /parenthesis/],
  ["{ $.a IS NULL }", /condition/],
  ["{ $.a = 1 $.b = 2 }", /should end/],
];

describe("sandbox: filter patterns of CloudWatch Logs", () => {
  for (const [pattern, line, wanted] of GUIDE) {
    it(`${pattern} ${wanted ? "fits" : "does not fit"} ${line}`, () => {
      expect(matches(pattern, line)).to.equal(wanted);
    });
  }

  for (const [pattern, why] of UNKNOWN) {
    it(`refuses ${pattern}`, () => {
      expect(() => parsePattern(pattern)).to.throw(why);
    });
  }

  it("finds a phrase wherever it stands, and misses it when a letter is another", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), fc.stringMatching(/^[a-z<>=' .]{3,20}$/), fc.string({ maxLength: 20 }), (before, phrase, after) => {
        const line = `${before}${phrase}${after}`;
        expect(matches(`"${phrase}"`, line)).to.equal(true);
        expect(matches(`-"${phrase}"`, line)).to.equal(false);
        expect(matches(`"${phrase}#"`, line.replaceAll("#", ""))).to.equal(false);
      }),
    );
  });

  it("keeps together what brackets and quotes hold", () => {
    expect(fieldsOf('[a b] "c d" e [] f')).to.deep.equal(["a b", "c d", "e", "", "f"]);
  });

  it("gives out the fields that dimensions are made of", () => {
    expect(parsePattern("[a, ..., z]").match("1 2 3 4")).to.include({ $a: "1", $z: "4" });
    expect(parsePattern('{ $.a.b = "x" }').match('{"a":{"b":"x"},"c":2}')).to.deep.equal({ "$.a.b": "x", "$.c": "2" });
  });
});

describe("sandbox: grok", () => {
  it("takes a line apart, and leaves one alone that does not fit", () => {
    const pattern = "\\[%{DATA:a}\\] \\[%{INT:b}\\] %{GREEDYDATA:rest}";
    expect(grokFields(pattern)).to.deep.equal(["a", "b", "rest"]);
    expect(grok(pattern, "[x y] [12] [z] end")).to.deep.equal({ a: "x y", b: "12", rest: "[z] end" });
    expect(grok(pattern, "[x] [y] z")).to.equal(undefined);
  });

  // Source: the user guide's "Supported grok patterns".
  it("has five of the wide patterns together, five of NOTSPACE and twenty of INT at most", () => {
    const fields = (pattern: string, count: number, first = 0): string => Array.from({ length: count }, (_, i) => `%{${pattern}:${pattern.toLowerCase()}${first + i}}`).join(" ");
    for (const most of [`${fields("DATA", 4)} %{GREEDYDATA:rest}`, `${fields("NOTSPACE", 5)} ${fields("INT", 20)} %{GREEDYDATA:rest}`]) expect(() => grokFields(most), most).to.not.throw();
    expect(() => grokFields(`${fields("DATA", 5)} %{GREEDYDATA:rest}`)).to.throw(/more than 5 times together/);
    expect(() => grokFields(fields("NOTSPACE", 6))).to.throw(/NOTSPACE more than 5 times/);
  });

  for (const pattern of ["%{HTTPDATE:a}", "%{DATA:a} %{DATA:a}", "[%{DATA:a}]", "%{DATA"]) {
    it(`refuses ${pattern}`, () => {
      expect(() => grokFields(pattern)).to.throw();
    });
  }
});

describe("sandbox: patterns of a document's parameters", () => {
  const problem = (allowedPattern: string): string | undefined =>
    parseDocument(JSON.stringify({ schemaVersion: "2.2", parameters: { Host: { type: "String", allowedPattern, default: "" } }, mainSteps: [{ action: "aws:runPowerShellScript", name: "one", inputs: { runCommand: ["x"] } }] }), "JSON").problem;

  // Go's regexp: the agent compiles each pattern before each run, and drops a document whose pattern it cannot.
  it("are those that the agent can compile", () => {
    for (const pattern of ["^[A-Za-z0-9+/=]*$", "^[0-9a-f]{0,64}$", "^a{0,1000}$"]) expect(problem(pattern), pattern).to.equal(undefined);
    for (const pattern of ["^[A-Za-z0-9+/=]{0,4096}$", "^a{1001}$", "^a{1001,}$", "^(?!-)x*$", "^(a)\\1*$"]) expect(problem(pattern), pattern).to.match(/no agent can compile/);
  });
});

describe("sandbox: cron expressions of AWS", () => {
  const fires = (expression: string, at: string): boolean => {
    const cron = parseCron(expression);
    if (typeof cron === "string") throw new Error(cron);
    return (cron satisfies Cron).fires(new Date(at));
  };

  it("fire in their minute, in UTC", () => {
    expect(fires("cron(0 3 ? * SUN *)", "2026-06-07T03:00:00Z")).to.equal(true);
    expect(fires("cron(0 3 ? * SUN *)", "2026-06-08T03:00:00Z")).to.equal(false);
    expect(fires("cron(0 8 17 6 ? 2026)", "2026-06-17T08:00:00Z")).to.equal(true);
    expect(fires("cron(0 8 17 6 ? 2026)", "2027-06-17T08:00:00Z")).to.equal(false);
    expect(fires("cron(0/15 8-9 1,2 JAN ? *)", "2026-01-02T09:45:00Z")).to.equal(true);
    expect(fires("cron(0/15 8-9 1,2 JAN ? *)", "2026-01-02T09:46:00Z")).to.equal(false);
  });

  for (const [expression, why] of [
    ["cron(0 3 * * *)", /six fields/],
    ["cron(0 3 * * * *)", /needs \?/],
    ["cron(0 3 ? * ? *)", /needs \?/],
    ["cron(? 3 ? * SUN *)", /no day/],
    ["cron(60 3 ? * SUN *)", /field 1/],
    ["cron(0 24 ? * SUN *)", /field 2/],
    ["cron(0 3 ? * SUNDAY *)", /field 5/],
    ["cron(0 3 32 * ? *)", /field 3/],
    ["cron(9-3 3 1 * ? *)", /field 1/],
    ["every day", /six fields/],
  ] as const) {
    it(`refuses ${expression}`, () => {
      expect(parseCron(expression)).to.match(why);
    });
  }
});
