/**
 * The guest script without what only people read: lines that are nothing but a comment, blank lines, indentation.
 * Safe because the script has no string that spans lines; its spec holds it to that. What a host runs stays readable code.
 */
export function compactScript(script: string): string {
  const lines = script.split(/\r?\n/).map((line) => line.trim());
  return `${lines.filter((line) => line !== "" && !line.startsWith("#")).join("\n")}\n`;
}
