/** What is known of Windows Server 2022 as its vendor delivers it, and from where: every row bears its source. */
export interface Fact<T> {
  readonly about: string;
  readonly value: T;
  /** Published text, by repository or title; or `unverified`. */
  readonly source: string;
}

/** No published text was found: assumed, and never to be claimed. */
export const UNVERIFIED = "unverified";

export const from = <T>(source: string, rows: Readonly<Record<string, T>>): Fact<T>[] => Object.entries(rows).map(([about, value]) => ({ about, value, source }));

/** The values by what they are about, as a new machine has them: nobody shares them. */
export const valuesOf = <T>(facts: readonly Fact<T>[], key = (about: string): string => about): Record<string, T> =>
  Object.fromEntries(facts.map(({ about, value }) => [key(about), structuredClone(value)]));

export const listOf = <T>(facts: readonly Fact<T>[]): T[] => facts.map(({ value }) => structuredClone(value));
