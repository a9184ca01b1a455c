import { control } from "./control";
import { microsoft } from "./tables/references";
import { OLD_PROTOCOLS, SERVER_PROTOCOLS } from "./tables/tls";

export const modernTls = control({
  id: "modern-tls",
  title: "The listener speaks TLS 1.2 or newer",
  guideline: "Older protocol versions are switched off for the listener, and with it for every server that uses Windows' own TLS.",
  references: [microsoft("TLS registry settings", "SCHANNEL\\Protocols")],
  layers: ["guest", "probe"],
  guest: () => SERVER_PROTOCOLS,
  probe: () => [{ see: "tls", offered: ["TLS 1.2"], refused: OLD_PROTOCOLS }],
});
