/** Columns for a terminal. Names here are ASCII, so that a character is a cell; the first row is the heading. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  const text = (row: readonly string[]) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ").trimEnd();
  const [head = [], ...body] = rows;
  return [text(head), widths.map((width) => "-".repeat(width)).join("  "), ...body.map(text)].join("\n");
}

/** Cuts a list into pieces of at most `size`. */
export function blocks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
