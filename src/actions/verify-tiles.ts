/**
 * Checks the tiles of the tree, each by itself: between the last events of two tiles there must be 256, with the root
 * that the tile has. So an event that was dropped or added is found to within 256, whatever came after it.
 */
import { rootOfRange, TILE_LEAVES } from '../domain/merkle.ts';
import type { LedgerTile } from '../storage/port.ts';
import type { BrokenTile } from './verify-tree.ts';

export class TileCheck {
  readonly #tiles: AsyncIterator<readonly LedgerTile[]>;
  /** How many there must be at least. */
  readonly #wanted: number;
  readonly #report: (broken: BrokenTile) => void;
  #page: readonly LedgerTile[] = [];
  #index = 0;
  #number = 0;
  #lastEventId = '';
  /** Events since the tile before; the leaves of the first 256 of them. */
  #count = 0;
  #leaves: string[] = [];
  /** Their root, where they are one of the tiles of the whole tree. */
  #root: string | null = null;

  constructor(tiles: AsyncIterable<readonly LedgerTile[]>, sealedEvents: number, report: (broken: BrokenTile) => void) {
    this.#tiles = tiles[Symbol.asyncIterator]();
    this.#wanted = Math.floor(sealedEvents / TILE_LEAVES);
    this.#report = report;
  }

  async begin(): Promise<void> {
    await this.#turn();
  }

  /** Whether this event belongs to a later tile: call `next` before it is added. */
  isWhole(eventId: string): boolean {
    const tile = this.#page[this.#index];
    return tile !== undefined && eventId > tile.lastEventId;
  }

  /** `whole` is the root of the tile that the leaf completes in the whole tree, if it does. */
  add(eventId: string, leaf: string, whole: string | null): void {
    this.#lastEventId = eventId;
    this.#count += 1;
    this.#root = this.#count === TILE_LEAVES ? whole : null;
    // More than a tile's are no tile, and after the last tile there may be millions.
    if (this.#count <= TILE_LEAVES) this.#leaves.push(leaf);
  }

  /** Goes on to the tile that this event belongs to. */
  async next(eventId: string): Promise<void> {
    while (this.isWhole(eventId)) await this.#compare();
  }

  async end(): Promise<void> {
    while (this.#page.length > 0) await this.#compare();
    if (this.#number < this.#wanted) this.#report({ number: this.#number, lastEventId: null, problem: 'missing' });
  }

  async #compare(): Promise<void> {
    const tile = this.#page[this.#index]!;
    const { number, lastEventId } = tile;
    if (number !== this.#number) this.#report({ number: this.#number, lastEventId: null, problem: 'missing' });
    else if (!this.#isAsStored(tile)) this.#report({ number, lastEventId, problem: 'wrong-events' });
    this.#number = number + 1;
    this.#count = 0;
    this.#leaves = [];
    this.#index += 1;
    if (this.#index >= this.#page.length) await this.#turn();
  }

  #isAsStored({ root, lastEventId }: LedgerTile): boolean {
    const isWhole = this.#count === TILE_LEAVES && this.#lastEventId === lastEventId;
    return isWhole && this.#rootOfLeaves() === root;
  }

  /** Of a tile that is not where it belongs, since events before it were dropped or added. */
  #rootOfLeaves(): string {
    return this.#root ?? rootOfRange(0, TILE_LEAVES, (index) => this.#leaves[index]!);
  }

  async #turn(): Promise<void> {
    const { value, done } = await this.#tiles.next();
    this.#page = done ? [] : value;
    this.#index = 0;
  }
}
