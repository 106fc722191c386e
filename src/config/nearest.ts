/** Finds what somebody probably meant. */

const SHORTEST_PART = 3;

/** The candidate that is fewest edits away from `text` (two, or a third of it, at most), or that has it as a part. */
export function nearest(text: string, candidates: readonly string[]): string | null {
  let best: string | null = null;
  let fewest = Math.max(2, Math.floor(text.length / 3)) + 1;
  for (const candidate of candidates) {
    const edits = editDistance(text.toLowerCase(), candidate.toLowerCase());
    if (edits < fewest) {
      best = candidate;
      fewest = edits;
    }
  }
  if (best !== null || text.length < SHORTEST_PART) return best;
  return candidates.find((candidate) => candidate.toLowerCase().includes(text.toLowerCase())) ?? null;
}

/** How many characters must be put in, taken out or replaced (Levenshtein). Meant for short texts. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
