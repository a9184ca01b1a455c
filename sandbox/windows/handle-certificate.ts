import { isIntermediate, newest, rootsOf } from "./certificate";
import { judged, type Handler, type ResourceOf } from "./handler";
import type { Machine } from "./machine";
import type { HostState, StoredCertificate } from "./state";
import { WindowsError } from "./winrm";

type CertificateResource = ResourceOf<"certificate">;

function expectation(machine: Machine, { name, minimumKeyBits, minimumDaysLeft }: CertificateResource): string {
  return `CN=${machine.value(name)} of a trusted authority, server authentication, ${minimumKeyBits} bits, ${minimumDaysLeft} days left`;
}

const missingRoots = ({ certificates }: HostState, { trustedRoots }: CertificateResource): string[] => trustedRoots.filter((root) => !certificates.root.includes(root));

interface Found {
  readonly certificate?: StoredCertificate;
  readonly text: string;
}

function found(machine: Machine, resource: CertificateResource): Found {
  switch (resource.from) {
    case "secret":
      return foundBySecret(machine, resource);
    case "store":
      return foundInStore(machine, resource);
    default: {
      const never: never = resource.from;
      return never;
    }
  }
}

/** Nothing says what ought to be there, so the newest of the name tells what is wrong where none is good. */
function foundInStore(machine: Machine, resource: CertificateResource): Found {
  const name = machine.value(resource.name);
  const here = machine.listenerCertificate(name) ?? newest(machine.named(name));
  return here ? { certificate: here, text: here.thumbprint } : { text: "none in LocalMachine\\My, nobody has put one there" };
}

/** A secret that cannot be read does not make a good certificate bad: it only cannot be renewed. */
function foundBySecret(machine: Machine, resource: CertificateResource): Found {
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

export const certificate: Handler<CertificateResource, Found> = {
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
    if (resource.from === "store") return;
    const pfx = machine.pfx(resource);
    if (typeof pfx === "string") throw new WindowsError(pfx);
    const faults = machine.faultsOf(pfx.leaf, resource, pfx.others, resource.trustedRoots);
    if (faults.length > 0) throw new WindowsError(`the secret's certificate is refused: ${faults.join(", ")}`);
    certificates.my = [...certificates.my.filter((known) => known.thumbprint !== pfx.leaf.thumbprint), { ...pfx.leaf }];
    const news = pfx.others.filter((other) => !certificates.intermediate.includes(other) && isIntermediate(other));
    certificates.intermediate.push(...news);
  },
};

/** The part of it that a host can be given before its certificate is there: the declared roots. */
export const roots: Handler<CertificateResource, number> = {
  get: ({ state }, resource) => missingRoots(state, resource).length,
  test: (_machine, _resource, missing) => judged(missing === 0, "every declared root is trusted", missing === 0 ? "trusted" : `${missing} not trusted`),
  set: ({ state }, resource) => {
    state.certificates.root.push(...missingRoots(state, resource));
  },
};

/** Takes the trust away from the roots that carry the certificate in use. */
export function distrust(state: HostState, now: string): void {
  const { my, intermediate, root } = state.certificates;
  const carrying = new Set(my.flatMap(({ der }) => rootsOf(der, intermediate, root, now)));
  state.certificates.root = root.filter((der) => !carrying.has(der));
}
