/** Ids as bodies hold them. */

/** The number, whether it came as one or as its digits; undefined where it was left out. */
export function sentId(id: number | string | undefined): number | undefined {
  return id === undefined ? undefined : Number(id);
}
