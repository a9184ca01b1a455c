import { z } from "zod";
import { says } from "./schema";

export const HARDENINGS = ["none", "cis-l1", "cis-l2", "stig"] as const;
export type Hardening = (typeof HARDENINGS)[number];

/** What else has been applied to the hosts: the plan then says where it collides with this project, and what happens there. */
export const hardeningSchema = z
  .enum(HARDENINGS, { error: says("is not a baseline that is known here", `write one of ${HARDENINGS.join(", ")}`) })
  .default("none")
  .describe("Baseline that the image or a policy applies to the hosts: CIS level 1, level 2 (level 1 with it), or DISA STIG. Warns of what collides. @default none");
