/** What the model of Windows needs out of a rendered script: the settings of its prelude and the guest document. */
export interface GuestScript {
  readonly settings: Readonly<Record<string, string>>;
  readonly document: string;
}

const SETTINGS = /^\$SecureWinrm = @\{([\s\S]*?)\}\s*$/m;
const PAIR = /^\s*(\w+)\s*=\s*'((?:[^']|'')*)'\s*$/;
const DOCUMENT = /^\$SecureWinrmDocument = @'\n([\s\S]*?)\n'@/m;

/** Reads the script as PowerShell would: single-quoted values, a here-string. Undefined for a script that is not ours. */
export function readGuestScript(script: string): GuestScript | undefined {
  const [, block] = SETTINGS.exec(script) ?? [];
  const [, document] = DOCUMENT.exec(script) ?? [];
  if (block === undefined || document === undefined) return undefined;
  const settings: Record<string, string> = {};
  for (const line of block.split(/[\n;]/)) {
    const [, name, value] = PAIR.exec(line) ?? [];
    if (name !== undefined && value !== undefined) settings[name] = value.replaceAll("''", "'");
  }
  return { settings, document };
}
