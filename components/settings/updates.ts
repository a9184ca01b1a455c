import { z } from "zod";
import { says, wholeNumber } from "./schema";

/** Patching itself is somebody else's: a run only looks at what has become of it. */
export const updatesSchema = z
  .strictObject({
    maximumAgeDays: wholeNumber(1, 45, "days").default(35).describe("Age of the last cumulative update. Unit: days. @default 35"),
    minimumBuild: z
      .string({ error: says("is not a build", "write it in quotes, such as \"20348.2700\"") })
      .regex(/^\d{5}\.\d{1,5}$/, says("is not a build", "write it in quotes, such as \"20348.2700\""))
      .optional()
      .describe("Oldest build of Windows that will do, `20348.2700`; then the age no longer counts. @default - the age decides"),
  })
  .prefault({})
  .describe("How current a host must be. Enforces up-to-date, which no door waits for.");
