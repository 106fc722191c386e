/** The checkpoints that were sealed, and the key that signs them. */
import {
  type Checkpoint,
  publishedCheckpoint,
  readCheckpoint,
  type SigningKey,
  signingKey,
} from '../domain/checkpoint.ts';
import type { Store, StoredCheckpoint } from '../storage/port.ts';
import type { Randomness } from './context.ts';

/** What an installation's Ed25519 seed is kept as. */
const PURPOSE = 'checkpoint-signing';

/** The same in all processes; made when it is first asked for. */
export async function checkpointKey(
  { serverSecrets }: Pick<Store, 'serverSecrets'>,
  randomness: Randomness,
): Promise<SigningKey> {
  return signingKey(await serverSecrets.secret(PURPOSE, randomness.secret()));
}

/** How many checkpoints are read at once. */
export const MAX_CHECKPOINTS = 1_000;

/**
 * Those after a number, the oldest first; at most `limit`, and `next` to go on after, where there may be more. One that
 * was altered beyond reading is left out: `verifyLedger` tells of it.
 */
export async function readCheckpoints(
  { checkpoints }: Pick<Store, 'checkpoints'>,
  after: number,
  limit: number,
): Promise<{ checkpoints: Checkpoint[]; next: number | null }> {
  const stored = await checkpoints.list(after, limit);
  const read = stored.flatMap((each) => readStoredCheckpoint(each) ?? []);
  return { checkpoints: read, next: stored.length < limit ? null : stored.at(-1)!.number };
}

/** All of them, the oldest first. */
export async function listCheckpoints(store: Pick<Store, 'checkpoints'>): Promise<Checkpoint[]> {
  const all: Checkpoint[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const page = await readCheckpoints(store, after, MAX_CHECKPOINTS);
    all.push(...page.checkpoints);
    after = page.next;
  }
  return all;
}

/** The text that is stored. */
export function documentOf(checkpoint: Checkpoint): string {
  return JSON.stringify(publishedCheckpoint(checkpoint));
}

/** Null where what is stored is not the text of a checkpoint, to the byte. */
export function readStoredCheckpoint({ number, document }: StoredCheckpoint): Checkpoint | null {
  try {
    const checkpoint = readCheckpoint(JSON.parse(document));
    return checkpoint?.number === number && documentOf(checkpoint) === document ? checkpoint : null;
  } catch {
    return null;
  }
}
