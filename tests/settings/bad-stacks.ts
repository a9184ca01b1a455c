import { example } from "../support/example";
import { badControls } from "./bad-controls";

type Stack = ReturnType<typeof example>;

/** One stack file that is wrong in one way: what is spoilt, and what the message must name. */
export interface BadStack {
  readonly name: string;
  readonly spoil: (stack: Stack) => void;
  readonly key: string;
  readonly what: RegExp;
  readonly found?: RegExp;
  readonly mend: RegExp;
}

// Tests write what no type would let them write.
const TOPIC = "arn:aws:sns:eu-central-1:123456789012:on-call";
const set = (target: object, key: string, value: unknown): void => void Reflect.set(target, key, value);
const web1 = (stack: Stack): object => stack.aws.hosts["web-1"] ?? {};
const node = (stack: Stack): object => stack.automation.nodes[0] ?? {};
const bad = (name: string, key: string, spoil: BadStack["spoil"], what: RegExp, mend: RegExp, found?: RegExp): BadStack => ({ name, key, spoil, what, mend, ...(found === undefined ? {} : { found }) });
const exception = (fields: object = {}) => ({ control: "chosen-addresses", what: "wildcard-listener", reason: "two addresses until the migration ends", approvedBy: "J. Doe", expires: "2027-01-31", ...fields });

const KEY = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----";

export const badStacks: readonly BadStack[] = [
  // automation nodes
  bad("no automation section", "automation", (s) => set(s, "automation", undefined), /missing/, /a map/),
  bad("no nodes", "automation.nodes", (s) => set(s.automation, "nodes", []), /empty list/, /at least one execution node/),
  bad("everybody", "automation.nodes[0].addresses[0]", (s) => set(node(s), "addresses", ["0.0.0.0/0"]), /more than a node/, /did you mean/, /0\.0\.0\.0\/0/),
  bad("everybody over IPv6", "automation.nodes[0].addresses[0]", (s) => set(node(s), "addresses", ["::/0"]), /more than a node/, /IPv4 address that the node/, /::\/0/),
  bad("a network as a node", "automation.nodes[0].addresses[0]", (s) => set(node(s), "addresses", ["10.20.9.0/24"]), /wider than \/32/, /10\.20\.9\.0\?/, /10\.20\.9\.0\/24/),
  bad("a network without an exception", "automation.nodes[0].addresses[0]", (s) => { set(s.automation, "widestIpv4", 24); set(node(s), "addresses", ["10.20.9.0/24"]); }, /more than one address/, /shared-egress/),
  bad("host bits in a prefix", "automation.nodes[0].addresses[0]", (s) => set(node(s), "addresses", ["10.20.9.5/24"]), /not an address/, /without host bits/),
  bad("an address with octal parts", "automation.nodes[0].addresses[0]", (s) => set(node(s), "addresses", ["010.20.9.5"]), /not an address/, /10\.0\.9\.5/),
  bad("a name as an address", "automation.nodes[0].addresses[0]", (s) => set(node(s), "addresses", ["exec-1.corp.example"]), /not an address/, /connects from/),
  bad("a loopback node", "automation.nodes[0].addresses[0]", (s) => set(node(s), "addresses", ["127.0.0.1"]), /no address that a node/, /unicast/),
  bad("a link-local node", "automation.nodes[0].addresses[0]", (s) => set(node(s), "addresses", ["169.254.1.1"]), /no address that a node/, /unicast/),
  bad("an IPv6 node for IPv4 hosts", "automation.nodes[0].addresses[0]", (s) => set(node(s), "addresses", ["2001:db8::5"]), /IPv6 address/, /IPv4 address/),
  bad("a node without address", "automation.nodes[0].addresses", (s) => set(node(s), "addresses", []), /no address/, /at least one/),
  bad("a node twice", "automation.nodes[1].name", (s) => s.automation.nodes.push({ name: "exec-1", addresses: ["10.20.9.6"] }), /stands twice/, /own name/),
  bad("an address twice", "automation.nodes[1].addresses[0]", (s) => s.automation.nodes.push({ name: "exec-2", addresses: ["10.20.9.5"] }), /overlaps with automation\.nodes\[0\]/, /once/),
  bad("no room for the nodes", "automation.capacity", (s) => { set(s.automation, "capacity", 1); s.automation.nodes.push({ name: "exec-2", addresses: ["10.20.9.6"] }); }, /less than the 2/, /at least 2/, /1/),
  bad("capacity over AWS's rules", "automation.capacity", (s) => set(s.automation, "capacity", 61), /too large/, /1 to 50/, /61/),
  bad("a node name with blanks", "automation.nodes[0].name", (s) => set(node(s), "name", "Exec 1"), /not a name/, /lower-case/, /Exec 1/),
  // account and transport
  bad("no account", "account", (s) => set(s, "account", undefined), /missing/, /a map/),
  bad("basic authentication", "account.transport", (s) => set(s.account, "transport", "basic"), /not a transport/, /kerberos/, /basic/),
  bad("credssp", "account.transport", (s) => set(s.account, "transport", "credssp"), /not a transport/, /ntlm/, /credssp/),
  bad("no transport", "account.transport", (s) => set(s.account, "transport", undefined), /not a transport/, /ntlm/),
  bad("kerberos for a local account", "account.transport", (s) => set(s.account, "name", "svc-ansible"), /needs a domain account/, /name@REALM/, /kerberos/),
  bad("the built-in administrator", "account.name", (s) => set(s.account, "name", "Administrator@CORP.EXAMPLE"), /built-in account/, /only Ansible/, /Administrator/),
  bad("an account name of 30 characters", "account.name", (s) => set(s.account, "name", `${"a".repeat(30)}@CORP.EXAMPLE`), /not an account name/, /20 letters/),
  bad("becoming oneself", "account.becomeUser", (s) => set(s.account, "becomeUser", "SVC-ansible@corp.example"), /connecting account itself/, /second account/),
  bad("a password", "account.password", (s) => set(s.account, "password", "Hunter2!"), /not a known key/, /known keys are name/),
  bad("an unknown plugin", "account.plugin", (s) => set(s.account, "plugin", "ssh"), /not a connection plugin/, /psrp or winrm/, /ssh/),
  // certificate
  bad("a self-signed certificate", "certificate.source", (s) => set(s, "certificate", { source: "self-signed" }), /not a source/, /self-signed certificates are refused/, /self-signed/),
  bad("one secret for all hosts", "certificate.secret", (s) => set(s, "certificate", { secret: "winrm/shared" }), /certificate and key of web-1/, /winrm\/\{host\}/),
  bad("an unknown placeholder", "certificate.secret", (s) => set(s, "certificate", { secret: "winrm/{name}" }), /placeholder/, /\{host\}/),
  bad("a private key as a root", "certificate.trustedRoots[0]", (s) => set(s, "certificate", { trustedRoots: [KEY] }), /private key/, /replace the key/, /a text of \d+ characters/),
  bad("a root that is no certificate", "certificate.trustedRoots[0]", (s) => set(s, "certificate", { trustedRoots: ["root.pem"] }), /not one PEM certificate/, /BEGIN CERTIFICATE/),
  bad("roots too long for a guest document", "certificate.trustedRoots", (s) => set(s, "certificate", { trustedRoots: ["A", "B"].map((letter) => `-----BEGIN CERTIFICATE-----\n${letter.repeat(6000)}\n-----END CERTIFICATE-----\n`) }), /longer than a guest document/, /12000 characters/, /a list of 2/),
  bad("a weak key", "certificate.minimumKeyBits", (s) => set(s, "certificate", { minimumKeyBits: 1024 }), /too small/, /2048/, /1024/),
  bad("no days left", "certificate.minimumDaysLeft", (s) => set(s, "certificate", { minimumDaysLeft: 0 }), /too small/, /1 to 90/, /0/),
  bad("a relative CA path", "certificate.caPath", (s) => set(s, "certificate", { caPath: "ca.pem" }), /not an absolute path/, /execution environment/, /ca\.pem/),
  // logging
  bad("a retention that CloudWatch does not know", "logging.retentionDays", (s) => set(s, "logging", { retentionDays: 100 }), /CloudWatch/, /365/, /100/),
  bad("a retention in quotes", "logging.retentionDays", (s) => set(s, "logging", { retentionDays: "365" }), /not a number/, /365/),
  bad("a KMS alias for the log group", "logging.kmsKeyArn", (s) => set(s, "logging", { kmsKeyArn: "alias/logs" }), /not the ARN/, /arn:aws:kms/),
  bad("alerts without events", "logging.events", (s) => { set(s, "logging", { events: false }); set(s.aws, "alerts", { topicArn: TOPIC }); }, /alerts are made of/, /take aws\.alerts out/, /false/),
  bad("alerts without flow logs", "logging.flowLogs", (s) => { set(s, "logging", { flowLogs: false }); set(s.aws, "alerts", { topicArn: TOPIC }); }, /alerts are made of/, /set it to true/, /false/),
  bad("alerts to another region", "aws.alerts.topicArn", (s) => set(s.aws, "alerts", { topicArn: TOPIC.replace("eu-central-1", "eu-west-1") }), /another region/, /name a topic in eu-central-1/, /eu-west-1/),
  // exceptions
  bad("an exception to nothing known", "exceptions[0].control", (s) => set(s, "exceptions", [exception({ control: "firewall" })]), /not a control/, /windows-firewall/, /firewall/),
  bad("an exception to HTTP off", "exceptions[0].control", (s) => set(s, "exceptions", [exception({ control: "no-http-listener", what: "legacy monitoring" })]), /takes no exception/, /meet the control/),
  bad("an exception without reason", "exceptions[0].reason", (s) => set(s, "exceptions", [exception({ reason: undefined })]), /missing/, /a text/),
  bad("an exception with a reason of one word", "exceptions[0].reason", (s) => set(s, "exceptions", [exception({ reason: "needed" })]), /not a reason/, /10 to 500/),
  bad("an exception that nobody approved", "exceptions[0].approvedBy", (s) => set(s, "exceptions", [exception({ approvedBy: "" })]), /not a name/, /3 to 120/),
  bad("an exception without end", "exceptions[0].expires", (s) => set(s, "exceptions", [exception({ expires: "never" })]), /not a date/, /YYYY-MM-DD/, /never/),
  bad("an exception until a day that is none", "exceptions[0].expires", (s) => set(s, "exceptions", [exception({ expires: "2026-02-30" })]), /not a date/, /YYYY-MM-DD/),
  bad("an exception for an unknown host", "exceptions[0].hosts[0]", (s) => set(s, "exceptions", [exception({ hosts: ["web-9"] })]), /not a host of this stack/, /web-1, web-2/, /web-9/),
  bad("an exception of an unknown kind", "exceptions[0].what", (s) => set(s, "exceptions", [exception({ what: "all of it" })]), /not an exception that/, /wildcard-listener/),
  bad("the same exception twice", "exceptions[1]", (s) => set(s, "exceptions", [exception(), exception()]), /says the same/, /keep one/),
  bad("a shared egress for one host", "exceptions[0].hosts", (s) => set(s, "exceptions", [exception({ control: "automation-nodes-only", what: "shared-egress", hosts: ["web-1"] })]), /limits to some hosts/, /take `hosts` out/),
  bad("a shared egress that has ended", "automation.nodes[0].addresses[0]", (s) => { set(s.automation, "widestIpv4", 24); set(node(s), "addresses", ["10.20.9.0/24"]); set(s, "exceptions", [exception({ control: "automation-nodes-only", what: "shared-egress", expires: "2026-01-01" })]); }, /more than one address/, /has not ended/),
  bad("a template that reads every secret", "certificate.secret", (s) => set(s, "certificate", { secret: "{host}" }), /no prefix/, /winrm\/\{host\}/),
  bad("a tag that is called password", "tags.password", (s) => set(s, "tags", { password: "Sup3rS3cret" }), /looks like a password/, /secret store/),
  // network
  bad("no network", "aws.network", (s) => set(s.aws, "network", undefined), /missing/, /a map/),
  bad("no region", "aws.region", (s) => set(s.aws, "region", undefined), /missing/, /aws:region/),
  bad("a zone as a region", "aws.region", (s) => set(s.aws, "region", "eu-central-1a"), /not an AWS region/, /eu-central-1/, /eu-central-1a/),
  bad("a VPC both found and made", "aws.network.vpc", (s) => set(s.aws.network, "vpc", { id: "vpc-0123456789abcdef0", cidr: "10.0.0.0/16" }), /either `id` or `cidr`/, /existing VPC/),
  bad("a VPC id with a typo", "aws.network.vpc.id", (s) => set(s.aws.network, "vpc", { id: "vpc_123" }), /not the id of a VPC/, /vpc-/, /vpc_123/),
  bad("a subnet with host bits", "aws.network.subnets.app.cidr", (s) => set(s.aws.network.subnets, "app", { cidr: "10.20.1.1/24" }), /not a CIDR/, /no host bits/),
  bad("a subnet outside its VPC", "aws.network.subnets.data.cidr", (s) => set(s.aws.network.subnets, "data", { cidr: "10.99.1.0/24" }), /outside the VPC/, /10\.20\.0\.0\/16/, /10\.99\.1\.0/),
  bad("two subnets in one range", "aws.network.subnets.data.cidr", (s) => set(s.aws.network.subnets, "data", { cidr: "10.20.1.128/25" }), /overlaps with aws\.network\.subnets\.app/, /range of its own/, /10\.20\.1\.128/),
  bad("a made subnet in a found VPC", "aws.network.subnets.app", (s) => { set(s.aws.network, "endpointClients", []); set(s.aws.network, "vpc", { id: "vpc-0123456789abcdef0" }); set(s.aws.network, "routeTables", ["rtb-0123456789abcdef0"]); }, /not made here/, /existing subnet/),
  bad("no way to the control channel", "aws.network.egress", (s) => { set(s.aws.network, "vpc", { id: "vpc-0123456789abcdef0" }); set(s.aws.network, "subnets", { app: { id: "subnet-0123456789abcdef0" } }); set(s.aws.network, "endpoints", false); }, /no way to their control channel/, /endpoints to true/),
  bad("a way out of a VPC that has none", "aws.network.endpoints", (s) => { set(s.aws.network, "endpoints", false); set(s.aws.network, "egress", [{ cidr: "10.20.0.0/16", port: 443, purpose: "proxy" }]); }, /no other way out/, /true/),
  bad("endpoints that take a found VPC's machines their own way", "aws.network.endpointClients", (s) => { set(s.aws.network, "vpc", { id: "vpc-0123456789abcdef0" }); set(s.aws.network, "routeTables", ["rtb-0123456789abcdef0"]); set(s.aws.network, "subnets", { app: { id: "subnet-0123456789abcdef0" } }); }, /every machine of an existing VPC/, /the VPC's ranges/),
  bad("clients of endpoints in a made VPC", "aws.network.endpointClients", (s) => set(s.aws.network, "endpointClients", ["10.20.0.0/16"]), /endpoints in an existing VPC/, /take it out/, /a list of 1/),
  bad("endpoints without route tables", "aws.network.routeTables", (s) => { set(s.aws.network, "endpointClients", []); set(s.aws.network, "vpc", { id: "vpc-0123456789abcdef0" }); set(s.aws.network, "subnets", { app: { id: "subnet-0123456789abcdef0" } }); }, /no route table/, /write their ids/),
  bad("an egress port of zero", "aws.network.egress[0].port", (s) => set(s.aws.network, "egress", [{ cidr: "10.0.0.0/8", port: 0, purpose: "domain controllers" }]), /too small/, /1 to 65535/),
  bad("an egress rule without purpose", "aws.network.egress[0].purpose", (s) => set(s.aws.network, "egress", [{ cidr: "10.0.0.0/8", port: 88 }]), /missing/, /a text/),
  bad("an egress purpose with an apostrophe", "aws.network.egress[0].purpose", (s) => set(s.aws.network, "egress", [{ cidr: "10.0.0.0/8", port: 88, purpose: "the domain's controllers" }]), /AWS refuses/, /letters, digits/),
  bad("an egress rule twice", "aws.network.egress[1]", (s) => set(s.aws.network, "egress", [{ cidr: "10.0.0.0/8", port: 88, purpose: "Kerberos" }, { cidr: "10.0.0.0/8", port: 88, purpose: "tickets" }]), /says the same/, /keep one/),
  bad("an egress range turned round", "aws.network.egress[0].toPort", (s) => set(s.aws.network, "egress", [{ cidr: "10.0.0.0/8", port: 88, toPort: 80, purpose: "Kerberos" }]), /below the first port/, /last port/),
  bad("a host named like what hosts share", "aws.hosts.aws-subnet", (s) => set(s.aws.hosts, "aws-subnet", { addresses: ["10.20.1.12"], dnsName: "w.corp.example" }), /like what hosts share/, /other than aws/),
  bad("a subnet that only JavaScript knows", "aws.hosts.web-1.subnet", (s) => set(web1(s), "subnet", "constructor"), /not one of/, /app/, /constructor/),
  // hosts
  bad("no hosts", "aws.hosts", (s) => set(s.aws, "hosts", {}), /names no host/, /at least one host/),
  bad("a host name of 16 characters", "aws.hosts.web-frontend-001", (s) => set(s.aws.hosts, "web-frontend-001", { addresses: ["10.20.1.12"], dnsName: "w.corp.example" }), /not a host name/, /at most 15/),
  bad("a host name in capitals", "aws.hosts.WEB", (s) => set(s.aws.hosts, "WEB", { addresses: ["10.20.1.12"], dnsName: "w.corp.example" }), /not a host name/, /lower-case/),
  bad("a host without image", "aws.hosts.web-1.image", (s) => { set(s.aws.defaults ?? {}, "image", undefined); delete s.aws.hosts["web-2"]; }, /missing/, /aws\.defaults\.image/),
  bad("an image that moves", "aws.hosts.web-1.image", (s) => set(web1(s), "image", "resolve:ssm:/aws/service/x"), /not an AMI id/, /pin the image/),
  bad("an unknown subnet", "aws.hosts.web-1.subnet", (s) => set(web1(s), "subnet", "dmz"), /not one of/, /app/, /dmz/),
  bad("an address outside the subnet", "aws.hosts.web-1.addresses[0]", (s) => set(web1(s), "addresses", ["10.20.2.10"]), /outside its subnet/, /10\.20\.1\.0\/24/, /10\.20\.2\.10/),
  bad("an address that AWS keeps", "aws.hosts.web-1.addresses[0]", (s) => set(web1(s), "addresses", ["10.20.1.3"]), /AWS keeps/, /free address/),
  bad("the subnet's last address", "aws.hosts.web-1.addresses[0]", (s) => set(web1(s), "addresses", ["10.20.1.255"]), /AWS keeps/, /free address/),
  bad("an address with a prefix", "aws.hosts.web-1.addresses[0]", (s) => set(web1(s), "addresses", ["10.20.1.10/32"]), /not an IPv4 address/, /10\.0\.1\.10/),
  bad("two hosts at one address", "aws.hosts.web-2.addresses[0]", (s) => set(web1(s), "addresses", ["10.20.1.11"]), /address of web-1 too/, /own addresses/),
  bad("no address", "aws.hosts.web-1.addresses", (s) => set(web1(s), "addresses", []), /empty list/, /at least one/),
  bad("listening elsewhere", "aws.hosts.web-1.listen[0]", (s) => set(web1(s), "listen", ["10.20.1.99"]), /not an address of the host/, /10\.20\.1\.10/),
  bad("listening on localhost", "aws.hosts.web-1.listen[0]", (s) => set(web1(s), "listen", ["127.0.0.1"]), /not an address of the host/, /10\.20\.1\.10/),
  bad("several listeners on one port", "aws.hosts.web-1.listen", (s) => { set(web1(s), "addresses", ["10.20.1.10", "10.20.1.20"]); set(web1(s), "listen", ["10.20.1.10", "10.20.1.20"]); }, /only one per port/, /wildcard-listener/),
  bad("a bare DNS name", "aws.hosts.web-1.dnsName", (s) => set(web1(s), "dnsName", "web-1"), /not a full DNS name/, /web-1\.corp\.example/),
  bad("two hosts with one name", "aws.hosts.web-2.dnsName", (s) => set(web1(s), "dnsName", "web-2.corp.example"), /name of web-1 too/, /own name/),
  bad("ring zero", "aws.hosts.web-1.ring", (s) => set(web1(s), "ring", 0), /too small/, /1 to 9/, /0/),
  bad("a disk of 8 GiB", "aws.hosts.web-1.diskGiB", (s) => set(web1(s), "diskGiB", 8), /too small/, /30 to 16384/, /8/),
  bad("protect in quotes", "aws.hosts.web-1.protect", (s) => set(web1(s), "protect", "yes"), /not true or false/, /without quotes/),
  bad("user data by the side door", "aws.hosts.web-1.instance.userData", (s) => set(web1(s), "instance", { userData: "x" }), /a control decides it/, /secrets-kept/),
  bad("further security groups", "aws.hosts.web-1.instance.vpcSecurityGroupIds", (s) => set(web1(s), "instance", { vpcSecurityGroupIds: ["sg-1"] }), /a control decides it/, /automation-nodes-only/),
  bad("IMDSv1", "aws.hosts.web-1.instance.metadataOptions", (s) => set(web1(s), "instance", { metadataOptions: { httpTokens: "optional" } }), /a control decides it/, /IMDSv2/),
  bad("an unencrypted disk", "aws.hosts.web-1.instance.rootBlockDevice.encrypted", (s) => set(web1(s), "instance", { rootBlockDevice: { encrypted: false } }), /unencrypted/, /leave the key out/, /false/),
  bad("the administrator's password", "aws.hosts.web-1.instance.getPasswordData", (s) => set(web1(s), "instance", { getPasswordData: true }), /a control decides it/, /state/),
  bad("a misspelt property", "aws.hosts.web-1.instance.tennancy", (s) => set(web1(s), "instance", { tennancy: "dedicated" }), /not a known key/, /did you mean tenancy/),
  bad("a zone id that is a name", "aws.dns.zoneId", (s) => set(s.aws, "dns", { zoneId: "corp.example" }), /not the id of a hosted zone/, /Route 53/, /corp\.example/),
  // whole stack
  bad("an unknown section", "azur", (s) => set(s, "azur", {}), /not a known key/, /known keys are/),
  bad("a misspelt key", "aws.host", (s) => set(s.aws, "host", {}), /not a known key/, /did you mean hosts/),
  bad("a list where a map belongs", "aws.hosts", (s) => set(s.aws, "hosts", []), /not a map/, /a map/),
  bad("a tag that AWS keeps", "aws.tags.aws:x", (s) => set(s.aws, "tags", { "aws:x": "y" }), /AWS keeps/, /does not begin with aws:/),
  bad("a tag's name that IAM refuses", "tags.R&D", (s) => set(s, "tags", { "R&D": "x" }), /AWS refuses in a tag's name/, /letters, digits/, /R&D/),
  bad("a tag's value that IAM refuses", "aws.tags.contact", (s) => set(s.aws, "tags", { contact: "ops, at night" }), /AWS refuses in a tag's value/, /letters, digits/, /a text of 13 characters/),
  bad("two tags that are one to IAM", "aws.tags.Owner", (s) => { set(s, "tags", { owner: "x" }); set(s.aws, "tags", { Owner: "y" }); }, /is the tag owner to AWS/, /write it as owner/, /Owner/),
  bad("a host's name that begins like a group's id", "aws.hosts.sg-1", (s) => set(s.aws.hosts, "sg-1", { addresses: ["10.20.1.12"], dnsName: "sg-1.corp.example" }), /id of a security group/, /other than sg-/),
  bad("a tag that is set here", "tags.secure-winrm-fleet", (s) => set(s, "tags", { "secure-winrm-fleet": "x" }), /sets itself/, /does not begin/),
  bad("a password in an exception's reason", "exceptions[0].reason", (s) => set(s, "exceptions", [exception({ control: "up-to-date", what: "frozen image", reason: "the vendor's password=Hunter2! is in the image" })]), /looks like a password/, /secret store/),
  bad("too many tags for one host", "aws.hosts.web-1.tags", (s) => { set(s, "tags", Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`a${i}`, "x"]))); set(web1(s), "tags", Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`b${i}`, "x"]))); }, /too many/, /at most 45/, /46 tags/),
  bad("an endpoint without TLS", "aws.endpoints.s3", (s) => set(s.aws, "endpoints", { s3: "http://s3.corp.example" }), /not the address of an endpoint for S3/, /https:/),
  ...badControls("AWS"),
  bad("a section whose name JavaScript keeps", "__proto__", (s) => void Object.defineProperty(s, "__proto__", { value: { nodes: [] }, enumerable: true, configurable: true }), /JavaScript keeps/, /take it out/),
  bad("a host whose name JavaScript keeps", "aws.hosts.__proto__", (s) => void Object.defineProperty(s.aws.hosts, "__proto__", { value: { addresses: ["10.20.1.12"], dnsName: "w.corp.example" }, enumerable: true, configurable: true }), /JavaScript keeps/, /another name/),
  bad("an access key in a tag", "aws.tags.key", (s) => set(s.aws, "tags", { key: "AKIAIOSFODNN7EXAMPLE" }), /looks like an AWS access key/, /replace it/),
];
