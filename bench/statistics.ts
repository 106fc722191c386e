/** The little arithmetic that the bench rests on. */

/** Of numbers in ascending order: the one below which `share` of them lie. NaN of none. */
export function quantile(ascending: readonly number[], share: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? Number.NaN;
}

export interface Spread {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

/** The middle of some measurements and how far they lie apart. */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new Error('There is no median of nothing');
  const ascending = values.toSorted((a, b) => a - b);
  const middle = Math.floor(ascending.length / 2);
  const median = ascending.length % 2 === 1 ? ascending[middle]! : (ascending[middle - 1]! + ascending[middle]!) / 2;
  return { median, lowest: ascending[0]!, highest: ascending.at(-1)! };
}

/**
 * Each round's ratio, and the spread of those: a moment in which the whole machine was slow then weighs on both
 * sides of a ratio alike.
 */
export function ratioOf(values: readonly number[], others: readonly number[]): Spread {
  if (values.length !== others.length) throw new Error('Only what was measured in the same rounds can be compared');
  return spreadOf(values.map((value, round) => value / others[round]!));
}
