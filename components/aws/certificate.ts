import { partition, type AwsFleetSettings } from "./naming";

export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, unknown>>;
}

export const secretOf = (settings: AwsFleetSettings, host: string): string =>
  (settings.aws.hosts[host]?.certificateSecret ?? settings.certificate.secret).replaceAll("{host}", host);

/**
 * What the hosts' role may read to fetch certificates, and the passwords of local accounts. A template with {host} becomes one pattern instead of a list,
 * because a role's inline policies end at 10,240 characters; secrets that a host names itself stand by name.
 */
export function certificateStatements(settings: AwsFleetSettings): Statement[] {
  const own = Object.values(settings.aws.hosts).flatMap((host) => host.certificateSecret ?? []);
  const usesTemplate = Object.values(settings.aws.hosts).some((host) => host.certificateSecret === undefined);
  const names = [...new Set([...(usesTemplate ? [settings.certificate.secret] : []), ...own])].sort();
  const { kmsKeyArn } = settings.certificate;
  const { secret, becomeSecret } = settings.account;
  const accounts = [...new Set([secret, becomeSecret].flatMap((name) => name ?? []))].sort();
  const read = (Sid: string, templates: readonly string[]): Statement => ({
    Sid,
    Effect: "Allow",
    Action: "secretsmanager:GetSecretValue",
    Resource: templates.flatMap((name) => secretArns(name.replaceAll("{host}", "*"), settings.aws.region)),
  });
  return [
    read("ReadCertificates", names),
    // Of local accounts that a host makes.
    ...(accounts.length > 0 ? [read("ReadPasswords", accounts)] : []),
    ...(kmsKeyArn === undefined
      ? []
      : [
          {
            Sid: "DecryptCertificates",
            Effect: "Allow" as const,
            Action: "kms:Decrypt",
            Resource: kmsKeyArn,
            Condition: { StringEquals: { "kms:ViaService": `secretsmanager.${settings.aws.region}.amazonaws.com${partition(settings.aws.region) === "aws-cn" ? ".cn" : ""}` } },
          },
        ]),
  ];
}

/** Secrets Manager adds a hyphen and six characters to every secret's name. An ARN is written with or without them. */
function secretArns(name: string, region: string): string[] {
  return name.startsWith("arn:") ? [name, `${name}-??????`] : [`arn:${partition(region)}:secretsmanager:${region}:*:secret:${name}-??????`];
}
