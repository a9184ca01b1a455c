import { z } from "zod";
import { says, wholeNumber, yesNo } from "./schema";

export const DAYS = ["daily", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

const windowSchema = z
  .strictObject({
    day: z.enum(DAYS, { error: says("is not a day", `write one of ${DAYS.join(", ")}`) }).default("Sun").describe("@default Sun"),
    start: z
      .string({ error: says("is not a time", 'write it in quotes, such as "03:00"') })
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, says("is not a time", 'write it in quotes, such as "03:00"'))
      .default("03:00")
      .describe("Begin, HH:MM. Unit: UTC. @default 03:00"),
    hours: wholeNumber(2, 12, "hours").default(4).describe("Length. Unit: hours. @default 4"),
  })
  .prefault({})
  .describe("When updates are installed, and hosts start anew for them.");

/** How current a host must be, and who makes it so. */
export const updatesSchema = z
  .strictObject({
    maximumAgeDays: wholeNumber(1, 45, "days").default(35).describe("Age of the last cumulative update. Unit: days. @default 35"),
    minimumBuild: z
      .string({ error: says("is not a build", "write it in quotes, such as \"20348.2700\"") })
      .regex(/^\d{5}\.\d{1,5}$/, says("is not a build", "write it in quotes, such as \"20348.2700\""))
      .optional()
      .describe("Oldest build of Windows that will do, `20348.2700`; then the age no longer counts. @default - the age decides"),
    patching: z
      .enum(["window", "elsewhere"], { error: says("is not a way to patch", "write window, or elsewhere when something else installs updates") })
      .default("window")
      .describe("Who installs updates: the cloud's own service in `window`, or somebody else. @default window"),
    window: windowSchema,
    hotpatch: yesNo.default(false).describe("Azure: updates without a restart, where the image can. Azure then chooses the hour, and restarts such a host about every third month: it takes no window for them. @default false"),
  })
  .prefault({})
  .describe("How current a host must be, and who makes it so. Enforces up-to-date, which no door waits for.");

export type Updates = z.infer<typeof updatesSchema>;
