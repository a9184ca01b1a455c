import { expect } from "chai";
import { bucketDenies, instanceMay } from "../../sandbox/ssm/permissions";
import { Lab, makeHost, type Host } from "./lab";

const READ = "secretsmanager:GetSecretValue";
const SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:winrm/web-1-a1b2c3";
const allow = (more: object): object => ({ Effect: "Allow", Action: READ, Resource: "*", ...more });
const tlsOnly = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: ["arn:aws:s3:::nodes", "arn:aws:s3:::nodes/*"], Condition: { Bool: { "aws:SecureTransport": "false" } } };

const judged: readonly (readonly [string, readonly object[], boolean])[] = [
  ["the secret itself", [allow({ Resource: SECRET })], true],
  ["the secret with its six characters as wildcards", [allow({ Resource: "arn:aws:secretsmanager:eu-central-1:*:secret:winrm/web-1-??????" })], true],
  ["one wildcard too few", [allow({ Resource: "arn:aws:secretsmanager:eu-central-1:*:secret:winrm/web-1-?????" })], false],
  ["another secret", [allow({ Resource: "arn:aws:secretsmanager:eu-central-1:*:secret:winrm/web-2-??????" })], false],
  ["another action", [allow({ Action: "secretsmanager:DescribeSecret" })], false],
  ["all actions of the service", [allow({ Action: ["secretsmanager:*"] })], true],
  ["everything, and a deny", [allow({ Action: "*" }), { Effect: "Deny", Action: "secretsmanager:Get*", Resource: "*" }], false],
  ["a condition that nobody here can judge", [allow({ Condition: { StringEquals: { "aws:RequestedRegion": "eu-central-1" } } })], false],
  ["a deny under a condition that nobody here can judge", [allow({}), { Effect: "Deny", Action: "*", Resource: "*", Condition: { StringEquals: { a: "b" } } }], false],
  ["a deny of plain HTTP", [allow({}), { ...tlsOnly, Action: "*", Resource: "*" }], true],
];

describe("sandbox: IAM", () => {
  let lab: Lab;
  let host: Host;
  beforeEach(async () => {
    lab = new Lab();
    host = await makeHost(lab);
  });
  afterEach(() => lab.close());

  for (const [what, statements, may] of judged) {
    it(`${may ? "lets" : "does not let"} a host read its secret with ${what}`, async () => {
      const policy = JSON.stringify({ Version: "2012-10-17", Statement: statements.map((one) => ({ ...one, Principal: undefined })) });
      await lab.create("aws:iam/rolePolicy:RolePolicy", { role: host.role, policy });
      expect(instanceMay(lab.store, host.instance, READ, SECRET)).to.equal(may);
    });
  }

  it("grants nothing to a host without role", async () => {
    await lab.update("aws:iam/instanceProfile:InstanceProfile", host.profile, { name: "hosts" });
    expect(instanceMay(lab.store, host.instance, "ssm:UpdateInstanceInformation", "*")).to.equal(false);
  });

  it("heeds a bucket's own denies", async () => {
    await lab.create("aws:s3/bucket:Bucket", { bucket: "nodes" });
    const object = "arn:aws:s3:::nodes/nodes.json";
    await lab.create("aws:s3/bucketPolicy:BucketPolicy", { bucket: "nodes", policy: JSON.stringify({ Version: "2012-10-17", Statement: [tlsOnly] }) });
    expect(bucketDenies(lab.store, "nodes", "s3:GetObject", object)).to.equal(false);
    const statement = { ...tlsOnly, Condition: undefined };
    await lab.update("aws:s3/bucketPolicy:BucketPolicy", "nodes", { bucket: "nodes", policy: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }) });
    expect(bucketDenies(lab.store, "nodes", "s3:GetObject", object)).to.equal(true);
  });
});
