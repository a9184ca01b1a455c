import { ref } from "../guest/kinds";
import { hostsOf } from "../settings/places";
import { control } from "./control";

/** Extended key usage "server authentication". */
export const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";

export const trustedCertificate = control({
  id: "trusted-certificate",
  title: "The listener's certificate is of a trusted authority",
  guideline: "Organisational or public CA: chain, server-auth usage, the host's name, a strong key, days left; never self-signed.",
  references: [{ benchmark: "Microsoft", version: "KB 2019527", id: "certificate for WinRM over HTTPS" }],
  layers: ["plan", "guest", "probe"],
  exceptions: "none",
  plan: (settings) => {
    const byName = new Map<string, string>();
    const bySecret = new Map<string, string>();
    return hostsOf(settings).flatMap(({ cloud, key, name, host, certificate: { key: at, template } }) => {
      const problems = [];
      const twin = byName.get(host.dnsName);
      if (twin) problems.push({ key: `${key}.dnsName`, what: `is the name of ${twin} too`, found: `"${host.dnsName}"`, mend: "give each host its own name: a certificate proves one host" });
      byName.set(host.dnsName, name);
      const own = template.replaceAll("{host}", name);
      // A vault tells no capitals from small letters.
      const secret = `${cloud} ${cloud === "azure" ? own.toLowerCase() : own}`;
      const sharer = bySecret.get(secret);
      if (sharer) problems.push({ key: at, what: `gives ${name} the certificate and key of ${sharer}`, found: `"${template}"`, mend: `give each host one of its own, for example ${cloud === "aws" ? "winrm/{host}" : "winrm-{host}"}` });
      bySecret.set(secret, name);
      return problems;
    });
  },
  guest: ({ certificate, certificateFrom }) => [
    {
      kind: "certificate",
      from: certificateFrom,
      name: ref("host.name"),
      secret: ref("host.secret"),
      eku: SERVER_AUTH,
      minimumKeyBits: certificate.minimumKeyBits,
      minimumDaysLeft: certificate.minimumDaysLeft,
      trustedRoots: certificate.trustedRoots.map(derOf),
    },
  ],
  probe: ({ certificate }) => [
    { see: "certificate", eku: SERVER_AUTH, minimumKeyBits: certificate.minimumKeyBits, minimumDaysLeft: certificate.minimumDaysLeft },
  ],
});

/** PEM is base64 of DER between two lines. */
function derOf(pem: string): string {
  return pem.replace(/-----[A-Z ]+-----/g, "").replace(/\s/g, "");
}
