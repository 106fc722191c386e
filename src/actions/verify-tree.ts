/**
 * Checks that the ledger still begins with what each checkpoint sealed: the tree over all events in the order of their
 * ids, computed anew, against what was signed, here and in a list that was published.
 */
import {
  type Checkpoint,
  type CheckpointProblem,
  checkpointText,
  findCheckpointProblem,
  hasValidSignature,
} from '../domain/checkpoint.ts';
import { Frontier, leafHash } from '../domain/merkle.ts';
import type { LedgerAudit, StoredCheckpoint } from '../storage/port.ts';
import { readStoredCheckpoint } from './checkpoints.ts';
import { TileCheck } from './verify-tiles.ts';

export interface BrokenCheckpoint {
  readonly number: number;
  readonly problem:
    | CheckpointProblem
    | 'unreadable'
    | 'missing'
    | 'not-as-published'
    | 'horizon-moved-back'
    | 'wrong-size'
    | 'wrong-root'
    | 'wrong-peaks';
}

export interface BrokenTile {
  readonly number: number;
  /** The id of the last event that it should have; null where that is not known. */
  readonly lastEventId: string | null;
  readonly problem: 'wrong-events' | 'missing';
}

export interface TreeReport {
  readonly checkpoint: (broken: BrokenCheckpoint) => void;
  readonly tile: (broken: BrokenTile) => void;
  /** Hears how many events were read, now and then. */
  readonly told: (events: number) => void;
}

export interface TreeCounts {
  readonly events: number;
  readonly checkpoints: number;
  /** How many events the last checkpoint covers. */
  readonly sealed: number;
}

export async function verifyTree(
  audit: LedgerAudit,
  published: readonly Checkpoint[],
  report: TreeReport,
): Promise<TreeCounts> {
  const stored = readStored(await audit.checkpoints(), report);
  const awaited = [...stored.values(), ...missingOf(stored, published, report)];
  await checkHorizon(audit, awaited, report);
  const sealed = awaited.reduce((most, { checkpoint }) => Math.max(most, checkpoint.size), 0);
  const tiles = new TileCheck(audit.tiles(), sealed, report.tile);
  await tiles.begin();
  const tree = new TreeCheck(awaited, report);
  for await (const page of audit.eventHashes()) {
    for (const { eventId, hash } of page) {
      tree.compareBefore(eventId);
      if (tiles.isWhole(eventId)) await tiles.next(eventId);
      const leaf = leafHash(hash);
      tiles.add(eventId, leaf, tree.append(leaf));
    }
    report.told(tree.size);
  }
  tree.end();
  await tiles.end();
  return { events: tree.size, checkpoints: awaited.length, sealed };
}

/** The ledger is closed through every checkpoint: else commits could still add to what it covers. */
async function checkHorizon(audit: LedgerAudit, awaited: readonly Awaited[], report: TreeReport): Promise<void> {
  const closedThrough = (await audit.closedThrough()) ?? '';
  const beyond = awaited.find(({ checkpoint }) => checkpoint.closedThrough > closedThrough);
  if (beyond) report.checkpoint({ number: beyond.checkpoint.number, problem: 'horizon-moved-back' });
}

/** A checkpoint that the tree is to be held against; the peaks of one that is stored here. */
interface Awaited {
  readonly checkpoint: Checkpoint;
  readonly peaks: readonly string[] | null;
}

/** Those that can be read, by number; what is wrong with any of them is told. */
function readStored(rows: readonly StoredCheckpoint[], report: TreeReport): Map<number, Awaited> {
  const stored = new Map<number, Awaited>();
  let before: Checkpoint | null = null;
  for (const row of rows) {
    const { number } = row;
    const checkpoint = readStoredCheckpoint(row);
    if (!checkpoint) {
      report.checkpoint({ number, problem: 'unreadable' });
      continue;
    }
    const problem = findCheckpointProblem(checkpoint, before);
    if (problem) report.checkpoint({ number, problem });
    stored.set(number, { checkpoint, peaks: row.peaks });
    before = checkpoint;
  }
  return stored;
}

/** Of what was published, that which is not stored as it was: the ledger must answer for it all the same. */
function missingOf(
  stored: ReadonlyMap<number, Awaited>,
  published: readonly Checkpoint[],
  report: TreeReport,
): Awaited[] {
  return published.flatMap((checkpoint) => {
    const { number } = checkpoint;
    if (!hasValidSignature(checkpoint)) {
      report.checkpoint({ number, problem: 'wrong-signature' });
      return [];
    }
    const here = stored.get(number)?.checkpoint;
    if (here && checkpointText(here) === checkpointText(checkpoint)) return [];
    report.checkpoint({ number, problem: here ? 'not-as-published' : 'missing' });
    return [{ checkpoint, peaks: null }];
  });
}

/** The tree as it grows, held against every checkpoint on the way. */
class TreeCheck {
  readonly #frontier = new Frontier();
  readonly #awaited: Awaited[];
  readonly #report: TreeReport;
  /** Once the tree is another one, all later checkpoints differ too: only the first is told. */
  #isWrong = false;

  constructor(awaited: readonly Awaited[], report: TreeReport) {
    this.#awaited = awaited.toSorted((a, b) => (a.checkpoint.closedThrough < b.checkpoint.closedThrough ? 1 : -1));
    this.#report = report;
  }

  get size(): number {
    return this.#frontier.size;
  }

  /** Holds the tree against the checkpoints that end before an event. */
  compareBefore(eventId: string): void {
    while (this.#awaited.length > 0 && eventId > this.#awaited.at(-1)!.checkpoint.closedThrough) this.#compare();
  }

  /** Returns the root of the tile that this leaf makes whole, if it does. */
  append(leaf: string): string | null {
    return this.#frontier.append(leaf);
  }

  end(): void {
    while (this.#awaited.length > 0) this.#compare();
  }

  #compare(): void {
    const { checkpoint, peaks } = this.#awaited.pop()!;
    if (this.#isWrong) return;
    const problem = this.#findProblem(checkpoint, peaks);
    if (!problem) return;
    this.#isWrong = problem !== 'wrong-peaks';
    this.#report.checkpoint({ number: checkpoint.number, problem });
  }

  #findProblem({ size, root }: Checkpoint, peaks: readonly string[] | null): BrokenCheckpoint['problem'] | null {
    if (size !== this.#frontier.size) return 'wrong-size';
    if (root !== this.#frontier.root()) return 'wrong-root';
    return peaks && peaks.join() !== this.#frontier.peaks.join() ? 'wrong-peaks' : null;
  }
}
