import { read, rootsOf } from "./certificate";
import { judged, type Handler, type ResourceOf } from "./handler";
import type { Machine } from "./machine";
import type { HostState, StoredCertificate } from "./state";
import { WindowsError } from "./winrm";

type CertificateResource = ResourceOf<"certificate">;

function expectation(machine: Machine, { name, minimumKeyBits, minimumDaysLeft }: CertificateResource): string {
  return `CN=${machine.value(name)} of a trusted authority, server authentication, ${minimumKeyBits} bits, ${minimumDaysLeft} days left`;
}

const missingRoots = ({ certificates }: HostState, { trustedRoots }: CertificateResource): string[] => trustedRoots.filter((root) => !certificates.root.includes(root));

/** A secret that cannot be read does not make a good certificate bad: it only cannot be renewed. */
function found(machine: Machine, resource: CertificateResource): { certificate?: StoredCertificate; text: string } {
  const { my } = machine.state.certificates;
  const pfx = machine.pfx(resource);
  if (typeof pfx !== "string") {
    const here = my.find((known) => known.thumbprint === pfx.leaf.thumbprint);
    if (here) return { certificate: here, text: here.thumbprint };
    const faults = machine.faultsOf(pfx.leaf, resource, pfx.others, resource.trustedRoots);
    return { text: faults.length > 0 ? `in the secret: ${faults.join(", ")}` : `the secret's certificate ${pfx.leaf.thumbprint} is not in LocalMachine\\My` };
  }
  const here = machine.listenerCertificate(machine.value(resource.name));
  return here ? { certificate: here, text: here.thumbprint } : { text: `none in LocalMachine\\My, ${pfx}` };
}

export const certificate: Handler<CertificateResource, { certificate?: StoredCertificate; text: string }> = {
  get: found,
  test: (machine, resource, { certificate: here, text }) => {
    const expected = expectation(machine, resource);
    if (!here) return judged(false, expected, text);
    const faults = machine.faultsOf(here, resource);
    if (!here.hasKey) faults.push("no private key");
    // Declared roots are there to be trusted, whether this certificate needs all of them or not.
    if (faults.length === 0 && missingRoots(machine.state, resource).length > 0) faults.push("a declared root is not trusted");
    return judged(faults.length === 0, expected, faults.length > 0 ? faults.join(", ") : text);
  },
  /** A bad certificate is not imported: the good one that may be in use would be replaced by it. */
  set: (machine, resource) => {
    const { certificates } = machine.state;
    certificates.root.push(...missingRoots(machine.state, resource));
    const pfx = machine.pfx(resource);
    if (typeof pfx === "string") throw new WindowsError(pfx);
    const faults = machine.faultsOf(pfx.leaf, resource, pfx.others, resource.trustedRoots);
    if (faults.length > 0) throw new WindowsError(`the secret's certificate is refused: ${faults.join(", ")}`);
    certificates.my = [...certificates.my.filter((known) => known.thumbprint !== pfx.leaf.thumbprint), { ...pfx.leaf }];
    const news = pfx.others.filter((other) => !certificates.intermediate.includes(other) && isIntermediate(other));
    certificates.intermediate.push(...news);
  },
};

/** A root that travels in the PFX is not trusted for that; only declared ones are. */
function isIntermediate(der: string): boolean {
  const { subject, issuer } = read(der);
  return subject !== issuer;
}

/** Takes the trust away from the roots that carry the certificate in use. */
export function distrust(state: HostState, now: string): void {
  const { my, intermediate, root } = state.certificates;
  const carrying = new Set(my.flatMap(({ der }) => rootsOf(der, intermediate, root, now)));
  state.certificates.root = root.filter((der) => !carrying.has(der));
}
