import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";

/**
 * The script cannot run here, so its steps are followed in TypeScript: each line of `Invoke-Aws` that makes the signature
 * stands beside what it means, and what comes out is held to AWS's published examples and to botocore.
 */

const SCRIPT = readFileSync(join(__dirname, "../../components/guest/script/15-aws.ps1"), "utf8");

interface Asked {
  readonly service: string;
  readonly region: string;
  readonly method: string;
  readonly url: string;
  /** As the script's table `$signed` has them, but for host, date, session and the hash of the content. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly stamp: string;
  readonly key: string;
  readonly session: string;
  /** AWS's general examples sign no hash of the content; the script always does. */
  readonly withoutContentHash?: boolean;
}

const sha256 = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");

/** What the signature is made of, step by step: the script's line, and the same in TypeScript. */
const STEPS = [
  '$scope = "$($stamp.Substring(0, 8))/$($SecureWinrm.Region)/$Service/aws4_request"',
  "$signed = @{ 'host' = $Address.Authority; 'x-amz-date' = $stamp; 'x-amz-content-sha256' = [BitConverter]::ToString($sha.ComputeHash($content)).Replace('-', '').ToLowerInvariant() }",
  "if ($session -ne '') { $signed['x-amz-security-token'] = $session }",
  "foreach ($name in @($Headers.Keys)) { $signed[$name] = [string]$Headers[$name] }",
  "[Array]::Sort($names, [StringComparer]::Ordinal)",
  "$lines = @($Method, $Address.AbsolutePath, '')",
  'foreach ($name in $names) { $lines += "${name}:$($signed[$name])" }',
  "$lines += '', ($names -join ';'), $signed['x-amz-content-sha256']",
  "$digest = [BitConverter]::ToString($sha.ComputeHash([Text.Encoding]::UTF8.GetBytes($lines -join \"`n\"))).Replace('-', '').ToLowerInvariant()",
  "$toSign = @('AWS4-HMAC-SHA256', $stamp, $scope, $digest) -join \"`n\"",
  '$chain = [Text.Encoding]::UTF8.GetBytes("AWS4$key")',
  "foreach ($part in @($scope -split '/') + $toSign) {",
  "$hmac.Key = $chain",
  "$chain = $hmac.ComputeHash([Text.Encoding]::UTF8.GetBytes($part))",
];

function signatureOf({ service, region, method, url, headers, body, stamp, key, session, withoutContentHash }: Asked): string {
  const address = new URL(url);
  const scope = `${stamp.slice(0, 8)}/${region}/${service}/aws4_request`;
  const content = sha256(body);
  const signed: Record<string, string> = { host: address.host, "x-amz-date": stamp, ...(!withoutContentHash && { "x-amz-content-sha256": content }) };
  if (session !== "") signed["x-amz-security-token"] = session;
  Object.assign(signed, headers);
  const names = Object.keys(signed).sort();
  const lines = [method, address.pathname, ""];
  for (const name of names) lines.push(`${name}:${signed[name]}`);
  lines.push("", names.join(";"), content);
  const toSign = ["AWS4-HMAC-SHA256", stamp, scope, sha256(lines.join("\n"))].join("\n");
  let chain = Buffer.from(`AWS4${key}`, "utf8");
  for (const part of [...scope.split("/"), toSign]) chain = createHmac("sha256", chain).update(part, "utf8").digest();
  return chain.toString("hex");
}

/** "Signature Version 4 test suite", whose request goes to example.amazonaws.com. */
const SUITE = { service: "service", region: "us-east-1", url: "https://example.amazonaws.com/", headers: {}, body: "", stamp: "20150830T123600Z", key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", session: "", withoutContentHash: true } as const;

/** What the script asks for, signed by botocore 1.43.11. */
const ASKED = { body: "", stamp: "20261123T095207Z", key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", session: "session/token+with=signs==", headers: {} } as const;
const SECRET = { ...ASKED, service: "secretsmanager", method: "POST", headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "secretsmanager.GetSecretValue" }, body: '{"SecretId":"winrm/web-1"}' } as const;

const EXAMPLES: Readonly<Record<string, readonly [Asked, string]>> = {
  "get-vanilla of AWS's test suite": [{ ...SUITE, method: "GET" }, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
  "post-vanilla of AWS's test suite": [{ ...SUITE, method: "POST" }, "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"],
  "post-header-key-sort of AWS's test suite": [{ ...SUITE, method: "POST", headers: { "my-header1": "value1" } }, "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"],
  "post-sts-header-before of AWS's test suite": [
    { ...SUITE, method: "POST", session: "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==" },
    "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead",
  ],
  "the S3 example, GET Object": [
    { service: "s3", region: "us-east-1", method: "GET", url: "https://examplebucket.s3.amazonaws.com/test.txt", headers: { range: "bytes=0-9" }, body: "", stamp: "20130524T000000Z", key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", session: "" },
    "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  ],
  "an object of a bucket with dots": [
    { ...ASKED, service: "s3", region: "eu-central-1", method: "GET", url: "https://s3.eu-central-1.amazonaws.com/winrm-nodes-0123.bucket/guest/winrm-00112233.ps1" },
    "6b148e63681d4ed9a947557972becb551b67f8a8c613ec9cb32d34e29594d67a",
  ],
  "a secret in China": [{ ...SECRET, region: "cn-north-1", url: "https://secretsmanager.cn-north-1.amazonaws.com.cn/" }, "e3b93256a6615bc6d24ded70563810db4fa4de767bc387620daa29a8d9cfd006"],
  "a secret by an endpoint with a port": [{ ...SECRET, region: "us-gov-west-1", url: "https://vpce-1.secretsmanager.example:8443/" }, "c206d13c92c3481f0e51cee4014ed0b237a01883b16baf6f3f65b6bc87e2d4e0"],
};

describe("signature of the guest script's requests", () => {
  it("is made by the steps that are followed here, in this order", () => {
    const at = STEPS.map((step) => SCRIPT.indexOf(step));
    expect(STEPS.filter((_step, i) => at[i] === -1)).to.deep.equal([]);
    expect(at).to.deep.equal([...at].sort((a, b) => a - b));
  });

  it("sends every header that it has signed, and no other", () => {
    expect(SCRIPT).to.include("foreach ($name in $names) { if ($name -eq 'content-type') { $request.ContentType = $signed[$name] } elseif ($name -ne 'host') { $request.Headers.Add($name, $signed[$name]) } }");
    expect(SCRIPT).to.include('"AWS4-HMAC-SHA256 Credential=$id/$scope, SignedHeaders=$($names -join \';\'), Signature=$signature"');
  });

  for (const [name, [asked, signature]] of Object.entries(EXAMPLES)) {
    it(`is the known one: ${name}`, () => {
      expect(signatureOf(asked)).to.equal(signature);
    });
  }
});
