import { expect } from "chai";
import { INSTANCE } from "../../sandbox/aws/types";
import { Cloud } from "../../sandbox/cloud";
import { collectedBy, readConfiguration } from "../../sandbox/ssm/agent";
import { text } from "../../sandbox/store/json";
import { Lab, makeHost, makeNetwork, refusal, type Host } from "./lab";

const GROUP = "aws:cloudwatch/logGroup:LogGroup";
const FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter";
const TRANSFORMER = "aws:cloudwatch/logTransformer:LogTransformer";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const RULE = "aws:cloudwatch/eventRule:EventRule";
const TARGET = "aws:cloudwatch/eventTarget:EventTarget";
const FLOW = "aws:ec2/flowLog:FlowLog";
const PARAMETER = "aws:ssm/parameter:Parameter";
const WINDOW = "aws:ssm/maintenanceWindow:MaintenanceWindow";
const PART = "aws:ssm/maintenanceWindowTarget:MaintenanceWindowTarget";
const TASK = "aws:ssm/maintenanceWindowTask:MaintenanceWindowTask";
const TOPIC = "arn:aws:sns:eu-central-1:123456789012:on-call";

const filter = (more: object = {}): object => ({ name: "lines", logGroupName: "g", pattern: "ERROR", metricTransformation: { name: "m", namespace: "n", value: "1" }, ...more });
const transformation = (more: object): object => ({ metricTransformation: { name: "m", namespace: "n", value: "1", ...more } });
const alarm = (more: object = {}): object => ({ name: "a", namespace: "n", metricName: "m", statistic: "Sum", period: 300, evaluationPeriods: 1, threshold: 1, comparisonOperator: "GreaterThanThreshold", alarmActions: [TOPIC], ...more });
const window = (more: object = {}): object => ({ name: "patching", schedule: "cron(0 3 ? * SUN *)", duration: 4, cutoff: 1, ...more });
const task = (windowId: string, target: string, more: object = {}): object => ({
  windowId,
  taskType: "RUN_COMMAND",
  taskArn: "AWS-RunPatchBaseline",
  targets: [{ key: "WindowTargetIds", values: [target] }],
  taskInvocationParameters: { runCommandParameters: { parameters: [{ name: "Operation", values: ["Install"] }] } },
  ...more,
});
const grok = { grok: { match: "%{DATA:a} %{GREEDYDATA:b}" } };

/** What is refused before anything is called, and the property that is named. */
const checked: readonly (readonly [string, string, object, string])[] = [
  ["a pattern that is none", FILTER, filter({ pattern: "[a" }), "pattern"],
  ["a pattern of 1025 characters", FILTER, filter({ pattern: "a".repeat(1025) }), "pattern"],
  ["a filter's name with a colon", FILTER, filter({ name: "a:b" }), "name"],
  ["a dimension of terms", FILTER, filter(transformation({ dimensions: { Host: "$host" } })), "metricTransformation.dimensions.Host"],
  ["a dimension that the fields do not have", FILTER, filter({ pattern: "[a, b]", ...transformation({ dimensions: { Host: "$c" } }) }), "metricTransformation.dimensions.Host"],
  ["dimensions and a default", FILTER, filter({ pattern: "[a, b]", ...transformation({ dimensions: { Host: "$a" }, defaultValue: "0" }) }), "metricTransformation.defaultValue"],
  ["four dimensions", FILTER, filter({ pattern: "[a, b]", ...transformation({ dimensions: { A: "$a", B: "$a", C: "$a", D: "$a" } }) }), "metricTransformation.dimensions"],
  ["a transformer that does not begin with a parser", TRANSFORMER, { logGroupArn: "x", transformerConfigs: [{ copyValue: { entries: [{ source: "@logGroupStream", target: "a" }] } }, grok] }, "transformerConfigs"],
  ["a copy of what there is not", TRANSFORMER, { logGroupArn: "x", transformerConfigs: [grok, { copyValue: { entries: [{ source: "@logStream", target: "c" }] } }] }, "transformerConfigs"],
  ["an alarm without a comparison", ALARM, alarm({ comparisonOperator: undefined }), "comparisonOperator"],
  ["an alarm without a threshold", ALARM, alarm({ threshold: undefined }), "metricName"],
  ["a period of 90 seconds", ALARM, alarm({ period: 90 }), "period"],
  ["more data points than periods", ALARM, alarm({ datapointsToAlarm: 2 }), "datapointsToAlarm"],
  ["more than a day of periods", ALARM, alarm({ evaluationPeriods: 289 }), "evaluationPeriods"],
  ["a warm-up of three days", ALARM, alarm({ warmUpConfiguration: { warmUpPeriodDurationInMinutes: 4320 } }), "warmUpConfiguration"],
  ["a rule's name of 65 characters", RULE, { name: "r".repeat(65), scheduleExpression: "rate(1 day)" }, "name"],
  ["a rule for nothing", RULE, { name: "r" }, "scheduleExpression"],
  ["a rule with a bad cron", RULE, { name: "r", scheduleExpression: "cron(0 8 * * * *)" }, "scheduleExpression"],
  ["an input that is no JSON", TARGET, { rule: "r", arn: TOPIC, input: "hello" }, "input"],
  ["a flow log of nothing", FLOW, { trafficType: "ALL", iamRoleArn: "x" }, "eniId"],
  ["a flow log of other traffic", FLOW, { subnetId: "s", trafficType: "REFUSED", iamRoleArn: "x" }, "trafficType"],
  ["a flow log without a role", FLOW, { subnetId: "s", trafficType: "ALL" }, "iamRoleArn"],
  ["an interval of five minutes", FLOW, { subnetId: "s", trafficType: "ALL", iamRoleArn: "x", maxAggregationInterval: 300 }, "maxAggregationInterval"],
  ["a field that flow logs do not have", FLOW, { subnetId: "s", trafficType: "ALL", iamRoleArn: "x", logFormat: "${version} ${host}" }, "logFormat"],
  ["a parameter of AWS' own", PARAMETER, { name: "aws-agent", type: "String", value: "x" }, "name"],
  ["a parameter above 4 KB", PARAMETER, { name: "a", type: "String", insecureValue: "x".repeat(4097) }, "value"],
  ["two values", PARAMETER, { name: "a", type: "String", insecureValue: "x", value: "y" }, "value"],
  ["a window of 25 hours", WINDOW, window({ duration: 25 }), "duration"],
  ["a window that is over before it begins", WINDOW, window({ cutoff: 4 }), "cutoff"],
  ["a window with a bad cron", WINDOW, window({ schedule: "cron(0 3 * * SUN *)" }), "schedule"],
  ["a window's target by a name", PART, { windowId: "mw-1", resourceType: "INSTANCE", targets: [{ key: "Name", values: ["web-1"] }] }, "targets[0].key"],
  ["a task that does not stop as it is told", TASK, task("mw-1", "t", { cutoffBehavior: "STOP" }), "cutoffBehavior"],
];

const trust = (service: string): string => JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }] });

describe("sandbox: what watches hosts in AWS", () => {
  let lab: Lab;
  beforeEach(() => {
    lab = new Lab();
  });
  afterEach(() => lab.close());
  const group = async (name = "g"): Promise<string> => text((await lab.create(GROUP, { name })).properties["arn"]);

  for (const [what, token, inputs, property] of checked) {
    it(`refuses ${what}`, () => {
      expect(lab.check(token, inputs).problems.map((problem) => problem.property), lab.problems(token, inputs).join("\n")).to.include(property);
    });
  }

  it("refuses a filter of no group, and the hundred and first", async () => {
    expect(await refusal(lab.create(FILTER, filter()))).to.match(/ResourceNotFoundException/);
    await group();
    for (let i = 0; i < 100; i += 1) await lab.create(FILTER, filter({ name: `lines-${i}` }));
    expect(await refusal(lab.create(FILTER, filter()))).to.match(/LimitExceeded/);
  });

  it("refuses transformed lines where nothing transforms them, and keeps a transformer that a filter needs", async () => {
    const logGroupArn = await group();
    const json = filter({ pattern: '{ $.a = "x" }', applyOnTransformedLogs: true });
    expect(await refusal(lab.create(FILTER, json))).to.match(/has none/);
    const { id } = await lab.create(TRANSFORMER, { logGroupArn, transformerConfigs: [grok] });
    const { id: user } = await lab.create(FILTER, json);
    expect(await refusal(lab.delete(TRANSFORMER, id))).to.match(/InvalidOperation/);
    await lab.delete(FILTER, user);
    await lab.delete(TRANSFORMER, id);
  });

  it("refuses an alarm that tells a topic of another region", async () => {
    expect(await refusal(lab.create(ALARM, alarm({ alarmActions: [TOPIC.replace("eu-central-1", "eu-west-1")] })))).to.match(/Invalid region eu-west-1 specified. Only eu-central-1/);
  });

  it("refuses a target of no rule, and to delete a rule with targets", async () => {
    expect(await refusal(lab.create(TARGET, { rule: "r", targetId: "t", arn: TOPIC }))).to.match(/ResourceNotFound/);
    await lab.create(RULE, { name: "r", scheduleExpression: "rate(1 day)" });
    await lab.create(TARGET, { rule: "r", targetId: "t", arn: TOPIC });
    expect(await refusal(lab.delete(RULE, "r"))).to.match(/has targets/);
  });

  it("refuses a flow log whose role trusts somebody else, into no group, and the same twice", async () => {
    const { subnet } = await makeNetwork(lab);
    const logDestination = await group();
    const roleOf = async (service: string): Promise<string> => text((await lab.create("aws:iam/role:Role", { name: service, assumeRolePolicy: trust(service) })).properties["arn"]);
    const log = { subnetId: subnet, trafficType: "ALL", logDestination, iamRoleArn: await roleOf("vpc-flow-logs.amazonaws.com") };
    expect(await refusal(lab.create(FLOW, { ...log, iamRoleArn: await roleOf("ec2.amazonaws.com") }))).to.match(/cannot be assumed/);
    expect(await refusal(lab.create(FLOW, { ...log, logDestination: `${logDestination}-other` }))).to.match(/log group .* does not exist/);
    await lab.create(FLOW, log);
    expect(await refusal(lab.create(FLOW, log))).to.match(/FlowLogAlreadyExists/);
  });

  it("refuses a task of no window, of another window's target, of no document, and with a parameter that the document lacks", async () => {
    const [first, second] = [(await lab.create(WINDOW, window())).id, (await lab.create(WINDOW, window({ name: "other" }))).id];
    const part = (await lab.create(PART, { windowId: first, resourceType: "INSTANCE", targets: [{ key: "tag:fleet", values: ["shop"] }] })).id;
    expect(await refusal(lab.create(TASK, task("mw-0", part)))).to.match(/DoesNotExist/);
    expect(await refusal(lab.create(TASK, task(second, part)))).to.match(/not registered/);
    expect(await refusal(lab.create(TASK, task(first, part, { taskArn: "AWS-Nothing" })))).to.match(/InvalidDocument/);
    for (const parameters of [[{ name: "Operation", values: ["Remove"] }], [{ name: "Operation", values: ["Scan"] }, { name: "Window", values: ["x"] }], []]) {
      expect(await refusal(lab.create(TASK, task(first, part, { taskInvocationParameters: { runCommandParameters: { parameters } } })))).to.match(/InvalidParameters/);
    }
    const { id } = await lab.create(TASK, task(first, part));
    expect(lab.type(TASK).resolves?.(lab.store, `${first}/${id}`)).to.equal(id);
    expect(lab.type(PART).resolves?.(lab.store, `${second}/${part}`)).to.equal(undefined);
    await lab.delete(WINDOW, first);
    expect(new Cloud(lab.root).made().map(({ id: left }) => left)).to.deep.equal([second]);
  });

  describe("the CloudWatch agent", () => {
    const entry = (more: object = {}): object => ({ event_name: "System", event_ids: [1], event_format: "xml", log_group_name: "g", log_stream_name: "{instance_id}", ...more });
    const configuration = (...list: readonly object[]): string => JSON.stringify({ logs: { logs_collected: { windows_events: { collect_list: list } } } });

    for (const [what, content, why] of [
      ["a text that is no JSON", "{", /no JSON/],
      ["metrics", JSON.stringify({ metrics: {} }), /alone/],
      ["an entry without ids and levels", configuration(entry({ event_ids: undefined })), /one of/],
      ["twenty-one ids in one query", configuration(entry({ event_ids: Array.from({ length: 21 }, (_, i) => i) })), /more than 20/],
      ["a level that there is not", configuration(entry({ event_levels: ["INFO"] })), /event_levels/],
      ["two entries with one place", configuration(entry(), entry({ event_ids: [2] })), /share/],
      ["a word on retention", configuration(entry({ retention_in_days: 7 })), /does not know retention_in_days/],
    ] as const) {
      it(`refuses ${what}`, () => {
        expect(readConfiguration(content)).to.match(why);
      });
    }

    const steps = [
      { name: "install", action: "aws:configurePackage", inputs: { name: "AmazonCloudWatchAgent", action: "Install" } },
      { name: "configure", action: "aws:runDocument", inputs: { documentType: "SSMDocument", documentPath: "AmazonCloudWatch-ManageAgent", documentParameters: { action: "configure", optionalConfigurationLocation: "AmazonCloudWatch-a" } } },
    ];
    let host: Host;
    /** What an agent reads after an association with these steps. */
    async function channels(mainSteps: readonly object[]): Promise<readonly string[]> {
      host = await makeHost(lab, { fleet: "shop" });
      await lab.create("aws:ssm/document:Document", { name: "agent", documentType: "Command", content: JSON.stringify({ schemaVersion: "2.2", mainSteps }) });
      await lab.create("aws:ssm/association:Association", { name: "agent", targets: [{ key: "tag:fleet", values: ["shop"] }] });
      const instance = lab.store.get(INSTANCE, host.instance);
      return instance === undefined ? [] : collectedBy(lab.store, instance, "eu-central-1").map(({ channel }) => channel);
    }

    it("reads what its parameter names once it is installed and configured", async () => {
      await lab.create(PARAMETER, { name: "AmazonCloudWatch-a", type: "String", insecureValue: configuration(entry()) });
      expect(await channels(steps)).to.deep.equal(["System"]);
    });

    it("reads nothing without the parameter", async () => {
      expect(await channels(steps)).to.deep.equal([]);
    });

    it("reads nothing when it is configured before it is installed", async () => {
      await lab.create(PARAMETER, { name: "AmazonCloudWatch-a", type: "String", insecureValue: configuration(entry()) });
      expect(await channels([...steps].reverse())).to.deep.equal([]);
    });

    it("reads nothing behind an S3 endpoint when its machine may not read AWS' packages", async () => {
      await lab.create(PARAMETER, { name: "AmazonCloudWatch-a", type: "String", insecureValue: configuration(entry()) });
      lab.store.put({ type: "aws:ec2/vpcEndpoint:VpcEndpoint", id: "vpce-1", name: "s3", properties: { serviceName: "com.amazonaws.eu-central-1.s3" } });
      expect(await channels(steps)).to.deep.equal([]);
    });
  });
});
