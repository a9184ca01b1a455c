import { declared } from "./control";

export const modernTls = declared({
  id: "modern-tls",
  title: "The listener speaks TLS 1.2 or newer",
  guideline: "Older protocol versions are switched off for the listener.",
  layers: ["guest", "probe"],
});
