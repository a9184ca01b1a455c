import type { Problem } from "../settings/problem";
import type { Settings } from "../settings/settings";
import { subnetProblems, tagsTooMany, twiceOut } from "./places";

/** What only shows when the section of AWS is seen as a whole. */
export function awsProblems({ aws, fleet, logging, tags }: Settings): Problem[] {
  if (!aws) return [];
  const { vpc, subnets, endpoints, egress, routeTables } = aws.network;
  const problems: Problem[] = [];
  // A closed host that cannot reach its control channel would never be configured, nor audited.
  if (!endpoints && !egress.some((rule) => rule.protocol === "tcp" && rule.port <= 443 && 443 <= (rule.toPort ?? rule.port))) {
    problems.push({ key: "aws.network.egress", what: "gives hosts no way to their control channel", found: egress.length === 0 ? "an empty list" : `a list of ${egress.length} without 443`, mend: "set aws.network.endpoints to true, or add a rule for tcp 443 to the proxy, NAT or endpoints that lead to Systems Manager" });
  }
  if (vpc.cidr !== undefined && !endpoints) {
    problems.push({ key: "aws.network.endpoints", what: "is off, and a VPC made here has no other way out", found: "false", mend: "set it to true, or name an existing VPC that has a way to Systems Manager" });
  }
  if (vpc.id !== undefined && endpoints && routeTables.length === 0) {
    problems.push({ key: "aws.network.routeTables", what: "names no route table, and the S3 endpoint needs those of the hosts' subnets", found: "an empty list", mend: "write their ids, or set aws.network.endpoints to false and name the way out in aws.network.egress" });
  }
  // The node list's bucket begins with it, and is cut to the length that a bucket may have.
  if (!/^[a-z0-9][a-z0-9-]*$/.test(fleet)) {
    problems.push({ key: "the stack's name", what: "makes a fleet's name that no bucket can have", found: `"${fleet}"`, mend: "name project and stack with lower-case letters, digits and hyphens" });
  }
  if (aws.alerts !== undefined) problems.push(...alertProblems(aws.alerts.topicArn, aws.region, logging));
  return [...problems, ...twiceOut(egress, "aws"), ...subnetProblems("aws", subnets, vpc, "VPC"), ...tagsTooMany("aws", [tags, aws.tags], aws.hosts)];
}

function alertProblems(topic: string, region: string, logging: Settings["logging"]): Problem[] {
  const off = (["events", "flowLogs"] as const).filter((key) => !logging[key]);
  const topicRegion = topic.split(":")[3] ?? "";
  return [
    ...off.map((key): Problem => ({ key: `logging.${key}`, what: "is off, and alerts are made of what it writes down", found: "false", mend: "set it to true, or take aws.alerts out" })),
    ...(topicRegion === region ? [] : [{ key: "aws.alerts.topicArn", what: "lies in another region, and alarms tell topics of their own region alone", found: `"${topic}"`, mend: `name a topic in ${region}, which may hand on to others` }]),
  ];
}
