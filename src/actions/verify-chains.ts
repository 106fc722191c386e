/** Checks every contact: its events in the order of their versions, and its row against them. */
import { type AuditedContact, type AuditedEvent, type BrokenChain, ChainAudit } from '../domain/chain-audit.ts';
import { compareRefs, type LedgerAudit, type SubscriberRef } from '../storage/port.ts';

const TELL_EVERY = 1_000;

export interface ChainCounts {
  readonly contacts: number;
  readonly events: number;
}

/** `told` hears how many events were checked, now and then. */
export async function verifyChains(
  audit: LedgerAudit,
  report: (broken: BrokenChain) => void,
  told: (events: number) => void,
): Promise<ChainCounts> {
  const events = new Rows<AuditedEvent>(audit.eventsByContact());
  const rows = new Rows<AuditedContact>(audit.contacts());
  await Promise.all([events.turn(), rows.turn()]);
  let contacts = 0;
  while (events.current || rows.current) {
    const ref = earlier(events.current, rows.current);
    const chain = new ChainAudit(audit.documentOf, report);
    for (; events.current && compareRefs(events.current, ref) === 0; events.isAtEnd && (await events.turn())) {
      chain.add(events.current);
      events.step();
    }
    const row = rows.current && compareRefs(rows.current, ref) === 0 ? rows.current : null;
    chain.end(row);
    if (row) rows.step();
    if (rows.isAtEnd) await rows.turn();
    contacts += 1;
    if (contacts % TELL_EVERY === 0) told(events.taken);
  }
  return { contacts, events: events.taken };
}

/** The one that comes first; one of them there is. */
function earlier(event: SubscriberRef | undefined, row: SubscriberRef | undefined): SubscriberRef {
  if (!event || !row) return (event ?? row)!;
  return compareRefs(event, row) <= 0 ? event : row;
}

/** Pages, row by row: only from one page to the next is there anything to wait for. */
class Rows<Row> {
  taken = 0;
  current: Row | undefined;
  readonly #pages: AsyncIterator<readonly Row[]>;
  #page: readonly Row[] = [];
  #index = 0;
  #isOver = false;

  constructor(pages: AsyncIterable<readonly Row[]>) {
    this.#pages = pages[Symbol.asyncIterator]();
  }

  /** Whether the page is used up: `turn` it then. */
  get isAtEnd(): boolean {
    return this.#index >= this.#page.length && !this.#isOver;
  }

  step(): void {
    this.taken += 1;
    this.#index += 1;
    this.current = this.#page[this.#index];
  }

  async turn(): Promise<void> {
    const { value, done } = await this.#pages.next();
    this.#isOver = done === true;
    this.#page = done ? [] : value;
    this.#index = 0;
    this.current = this.#page[0];
  }
}
