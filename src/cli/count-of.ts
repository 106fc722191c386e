/** Numbers of things, for people. */

/** `1 event`, `2,000 events`. */
export function countOf(count: number, thing: string): string {
  return `${count.toLocaleString('en')} ${thing}${count === 1 ? '' : 's'}`;
}
