import { z } from "zod";
import { says } from "./schema";

/** What the script on the host must know of the way out. */
export const guestSchema = z
  .strictObject({
    proxy: z
      .string()
      .regex(/^http:\/\/[a-z0-9]([a-z0-9.-]{0,200}[a-z0-9])?:[1-9]\d{1,4}$/, says("is not the address of an HTTP proxy", "write http://name:port, such as http://proxy.corp.example:3128, without an account"))
      .optional()
      .describe("HTTP proxy by which the script reaches the cloud's stores, but never the metadata service. The cloud's agent has a setting of its own. @default - none, not even Windows' own"),
  })
  .prefault({})
  .describe("What the script on the host must know of the way out.");
