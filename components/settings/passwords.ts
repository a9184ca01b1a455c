import { z } from "zod";
import { wholeNumber } from "./schema";

/** What the guidance asks for, and the least that a stack may ask for. Source: CIS Windows Server 2022 v4.0.0, section 1. */
export const PASSWORDS = { minimumLength: 14, maximumAgeDays: 365, lockoutThreshold: 5, lockoutMinutes: 15 } as const;

/** Stricter than the guidance, never weaker. A history of 24 is the most that Windows keeps, so it is no setting. */
export const passwordsSchema = z
  .strictObject({
    minimumLength: wholeNumber(PASSWORDS.minimumLength, 128, "characters").default(PASSWORDS.minimumLength).describe("Unit: characters. @default 14"),
    // Windows refuses a maximum that is not above the minimum age, which is one day.
    maximumAgeDays: wholeNumber(2, PASSWORDS.maximumAgeDays, "days").default(PASSWORDS.maximumAgeDays).describe("Ends the password of a local account of Ansible's too. Unit: days. @default 365"),
    lockoutThreshold: wholeNumber(1, PASSWORDS.lockoutThreshold, "attempts").default(PASSWORDS.lockoutThreshold).describe("Wrong passwords until an account is locked. Unit: attempts. @default 5"),
    lockoutMinutes: wholeNumber(PASSWORDS.lockoutMinutes, 1440, "minutes").default(PASSWORDS.lockoutMinutes).describe("How long it stays locked, and how long attempts are counted. Unit: minutes. @default 15"),
  })
  .prefault({})
  .describe("Passwords of accounts on the host itself; a domain's are the domain's. Only stricter than the guidance. Enforces strong-passwords.");
