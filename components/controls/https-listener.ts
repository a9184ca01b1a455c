import { ref } from "../guest/kinds";
import { hostsOf } from "../settings/places";
import { control } from "./control";

export const HTTPS_PORT = 5986;

export const httpsListener = control({
  id: "https-listener",
  title: "WinRM listens on HTTPS, port 5986",
  guideline: "Remote management goes over an HTTPS listener on its registered port.",
  references: [{ benchmark: "Microsoft", version: "KB 2019527", id: "HTTPS listener" }],
  layers: ["plan", "guest", "probe"],
  exceptions: "none",
  plan: (settings) =>
    hostsOf(settings).flatMap(({ key, host }) =>
      host.listen.flatMap((address, i) =>
        host.addresses.includes(address)
          ? []
          : [
              {
                key: `${key}.listen[${i}]`,
                what: "is not an address of the host, so no listener can stand on it",
                found: `"${address}"`,
                mend: `write one of ${host.addresses.join(", ")}`,
              },
            ],
      ),
    ),
  guest: () => [
    { kind: "service", name: "WinRM", startup: "Automatic", state: "Running" },
    {
      kind: "listener",
      transport: "HTTPS",
      ensure: "present",
      port: HTTPS_PORT,
      addresses: ref("host.listen"),
      hostname: ref("host.name"),
    },
    { kind: "answer", scheme: "https", port: HTTPS_PORT, addresses: ref("host.listen"), expect: "wsman" },
  ],
  probe: () => [{ see: "open", port: HTTPS_PORT, scheme: "https", from: "nodes" }],
});
