import type { FolderResource } from "../guest/kinds";
import type { Problem } from "../settings/problem";
import { control } from "./control";

/** Where script, parameters and reports lie on the host. */
export const FOLDER = "C:\\ProgramData\\secure-winrm";

/** SYSTEM and Administrators, full control, inherited by what is inside; nothing inherited from above. */
export const FOLDER_SDDL = "O:SYG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)";

/**
 * Everybody who runs PowerShell writes transcripts, and only administrators read them: generic write and the attributes, and no
 * more for who owns the file, who could otherwise give himself the right to read.
 */
const TRANSCRIPTS_SDDL = "O:SYG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x120196;;;AU)(A;OICI;0x120196;;;OW)";

export const transcriptsFolder = (path: string): FolderResource => ({ kind: "folder", path, sddl: TRANSCRIPTS_SDDL });

/** Texts that are a secret by their form. Each with the name that the message uses. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, "a private key"],
  [/\b(AKIA|ASIA)[A-Z0-9]{16}\b/, "an AWS access key"],
  [/\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\./, "a token"],
  [/(?<!:)\b(password|passwd|pwd|secret|token|api[_-]?key)\s*[:=]\s*\S{4,}/i, "a password or token"],
  [/\bghp_[A-Za-z0-9]{30,}\b|\bxox[baprs]-[A-Za-z0-9-]{10,}/, "a token"],
];

export const secretsKept = control({
  id: "secrets-kept",
  title: "No secret is where others can read it",
  guideline: "Nothing secret in user data, script text, arguments, parameters, logs, plain state or outputs. On the host the audit sees who may read two folders; the rest is how this project is built.",
  layers: ["plan", "guest"],
  exceptions: "none",
  plan: (settings) => {
    const { today: _today, fleet: _fleet, ...written } = settings;
    return [...secretsIn(written, "")];
  },
  guest: ({ logging }) => [{ kind: "folder", path: FOLDER, sddl: FOLDER_SDDL }, transcriptsFolder(logging.powershell.transcripts)],
});

function* secretsIn(value: unknown, key: string): Generator<Problem> {
  if (typeof value === "string") {
    const form = FORMS.find(([pattern]) => pattern.test(value));
    if (form) yield { key, what: `looks like ${form[1]}, and the stack file is plain text`, found: `a text of ${value.length} characters`, mend: "keep it in a secret store, take it out here, and replace it: it has been in a file" };
  } else if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) yield* secretsIn(item, `${key}[${i}]`);
  } else if (typeof value === "object" && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      const path = key === "" ? name : `${key}.${name}`;
      // A tag named password holds one, whatever it looks like.
      yield* typeof item === "string" && /(^|\.)tags$/.test(key) && !FORMS.some(([pattern]) => pattern.test(item)) ? secretsIn(`${name}=${item}`, path) : secretsIn(item, path);
    }
  }
}
