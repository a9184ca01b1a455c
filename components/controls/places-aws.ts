import type { Problem } from "../settings/problem";
import type { Settings } from "../settings/settings";
import { subnetProblems, tagNames, tagsTooMany, twiceOut, type TagRules } from "./places";

/** What IAM takes, which is the strictest: it tags the hosts' role. A host's own tags go to EC2 alone, which takes any. */
const STRANGE = /[^\p{L}\p{Z}\p{N}_.:/=+\-@]/u;
const TAGS: TagRules = { cloud: "AWS", refused: STRANGE, refusedInValues: STRANGE, mend: "use letters, digits, spaces and _ . : / = + - @" };

/** Longest name of a document, less what a profile and a purpose add to the fleet's name. */
const FLEET_NAME = 100;

/** What only shows when the section of AWS is seen as a whole. */
export function awsProblems({ aws, fleet, logging, tags }: Settings): Problem[] {
  if (!aws) return [];
  const { vpc, subnets, endpoints, endpointClients, egress, routeTables } = aws.network;
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
  if (vpc.id !== undefined && endpoints && endpointClients === undefined) {
    problems.push({ key: "aws.network.endpointClients", what: "is missing, and the endpoints take over Systems Manager, Secrets Manager and logs for every machine of an existing VPC", found: "nothing", mend: "write the VPC's ranges, or an empty list where no other machine uses these services, or set aws.network.endpoints to false" });
  }
  if (endpointClients !== undefined && !(vpc.id !== undefined && endpoints)) {
    problems.push({ key: "aws.network.endpointClients", what: "is for endpoints in an existing VPC", found: `a list of ${endpointClients.length}`, mend: "take it out" });
  }
  // The node list's bucket begins with it, and is cut to the length that a bucket may have.
  if (!/^[a-z0-9][a-z0-9-]*$/.test(fleet)) {
    problems.push({ key: "the stack's name", what: "makes a fleet's name that no bucket can have", found: `"${fleet}"`, mend: "name project and stack with lower-case letters, digits and hyphens" });
  }
  if (/^(aws|amazon|amzn)/.test(fleet) || fleet.length > FLEET_NAME) {
    problems.push({ key: "the stack's name", what: "makes a fleet's name that no document of Systems Manager can begin with", found: `"${fleet}"`, mend: `let project and stack make a name of at most ${FLEET_NAME} characters that does not begin with aws, amazon or amzn` });
  }
  for (const name of Object.keys(aws.hosts).filter((one) => /^sg(-|$)/.test(one))) {
    problems.push({ key: `aws.hosts.${name}`, what: "begins like the id of a security group, which no group's name may", found: `"${name}"`, mend: "begin the name with something other than sg-" });
  }
  if (aws.alerts !== undefined) problems.push(...alertProblems(aws.alerts.topicArn, aws.region, logging));
  return [...problems, ...twiceOut(egress, "aws"), ...subnetProblems("aws", subnets, vpc, "VPC"), ...tagNames("tags", [tags], TAGS), ...tagNames("aws.tags", [tags, aws.tags], TAGS), ...tagsTooMany("aws", [tags, aws.tags], aws.hosts)];
}

function alertProblems(topic: string, region: string, logging: Settings["logging"]): Problem[] {
  const off = (["events", "flowLogs"] as const).filter((key) => !logging[key]);
  const topicRegion = topic.split(":")[3] ?? "";
  return [
    ...off.map((key): Problem => ({ key: `logging.${key}`, what: "is off, and alerts are made of what it writes down", found: "false", mend: "set it to true, or take aws.alerts out" })),
    ...(topicRegion === region ? [] : [{ key: "aws.alerts.topicArn", what: "lies in another region, and alarms tell topics of their own region alone", found: `"${topic}"`, mend: `name a topic in ${region}, which may hand on to others` }]),
  ];
}
