/** The two hot tables on PostgreSQL: contacts and their ledger. */
import type { SubscriberKey } from '../../domain/address.ts';
import type { LedgerEvent } from '../../domain/ledger.ts';
import type { ChannelPreferences, Preferences } from '../../domain/preferences.ts';
import { type Abridged, abridge, readAbridged } from '../abridged-document.ts';
import type {
  CommitResult,
  ContactReads,
  EvidencePage,
  ForgettingChange,
  RowsToChange,
  StoredSubscriber,
  Subject,
  SubscriberChange,
  SubscriberRef,
  SubscriberStore,
} from '../port.ts';
import { decodePreferences } from '../preferences-document.ts';
import { byteaArray } from './binary-array.ts';
import type { ContactNodes } from './citus/contact-nodes.ts';
import { type Connections, LOAD_LANES } from './connections.ts';
import { forgetWith } from './forget.ts';
import { type Client, type Lender, queryPrepared, type Row } from './lender.ts';
import type { Placement } from './placement.ts';
import { settle } from './settle.ts';
import { EVENT_COLUMNS, SUBSCRIBER_COLUMNS, toEvent, toSubscriber } from './subscriber-rows.ts';

/** A statement about one contact of an account, and one about several. */
interface Load {
  readonly name: string;
  /** Looked up sooner, by a quarter of its time, than an array of one. */
  readonly one: string;
  readonly several: string;
}

/** The key comes first in what is selected by `LOAD_PREFERENCES`. Bound as it is, so that Citus can tell the shards. */
function loadOf(name: string, columns: string): Load {
  const select = `SELECT ${columns} FROM subscriber WHERE account_id = $1 AND subscriber_key`;
  return { name, one: `${select} = $2`, several: `${select} = ANY($2::bytea[])` };
}

export const LOAD = loadOf('load', SUBSCRIBER_COLUMNS);
export const LOAD_PREFERENCES = loadOf('load-preferences', "encode(subscriber_key, 'hex'), preferences::text");

const SCAN = `
  SELECT ${SUBSCRIBER_COLUMNS}
  FROM subscriber
  WHERE (account_id, subscriber_key) > ($1, $2)
  ORDER BY account_id, subscriber_key
  LIMIT $3`;

const FIND_EVIDENCE = `
  SELECT
    event_id,
    CASE
      WHEN account_id = $1 AND occurred_at < $2 AND personal -> 'evidence' IS NOT NULL
      THEN encode(subscriber_key, 'hex')
    END
  FROM event
  WHERE event_id > $3
  ORDER BY event_id
  LIMIT $4`;

/** Walks the links on the server; the key in both halves keeps the walk on one shard. */
export const HISTORY = `
  WITH RECURSIVE chain AS (
    SELECT event.*, 1 AS position
    FROM subscriber
    JOIN event ON event.subscriber_key = subscriber.subscriber_key AND event.event_id = subscriber.head_event_id
    WHERE subscriber.account_id = $1 AND subscriber.subscriber_key = $2 AND event.subscriber_key = $2
    UNION ALL
    SELECT event.*, chain.position + 1
    FROM chain
    JOIN event ON event.event_id = chain.previous_event_id
    WHERE event.subscriber_key = $2 AND chain.position < $3
  )
  SELECT ${EVENT_COLUMNS}
  FROM chain
  ORDER BY position
  LIMIT $3`;

/** Comes before every account: their ids are positive. */
const BEFORE_ALL: SubscriberRef = { accountId: -1, subscriberKey: '' };

const BEFORE_ALL_EVENTS = '00000000-0000-0000-0000-000000000000';

/** What contacts said, as whichever server knows it that lends. */
export class PostgresContacts implements ContactReads {
  readonly loadLanes = LOAD_LANES;
  readonly #lender: Lender;
  readonly #placement: Placement;

  constructor(lender: Lender, placement: Placement) {
    this.#lender = lender;
    this.#placement = placement;
  }

  get isSpread(): boolean {
    return this.#placement.ways.isSpread;
  }

  loadPreferences(refs: readonly SubscriberRef[]): Promise<(Preferences | undefined)[]> {
    const read = (row: Row) => [row[0] as string, decodePreferences(row[1] as string)] as const;
    return loadEach(this.#lender, refs, LOAD_PREFERENCES, read);
  }

  loadAbout(refs: readonly SubscriberRef[], subject: Subject): Promise<(ChannelPreferences | undefined)[]> {
    const read = (row: Row) =>
      [row[0] as string, readAbridged(JSON.parse(abridge(row[1] as string, subject)) as Abridged)] as const;
    return loadEach(this.#lender, refs, LOAD_PREFERENCES, read);
  }
}

/** What `read` finds in the row of each contact, by its key. */
async function loadEach<T>(
  lender: Lender,
  refs: readonly SubscriberRef[],
  load: Load,
  read: (row: Row) => readonly [key: string, T],
): Promise<(T | undefined)[]> {
  if (refs.length === 0) return [];
  const byAccount = Map.groupBy(refs, (ref) => ref.accountId);
  const found = new Map<number, Map<string, T>>();
  await lender.use((client) =>
    // Not awaited one by one: however many accounts, one round trip.
    Promise.all(
      Array.from(byAccount, async ([accountId, wanted]) => {
        const keys = wanted.map((ref) => ref.subscriberKey);
        const rows = await queryLoad(client, load, accountId, keys);
        found.set(accountId, new Map(rows.map(read)));
      }),
    ),
  );
  return refs.map((ref) => found.get(ref.accountId)?.get(ref.subscriberKey));
}

/** Of the contacts of an account with these keys, those that there are, in any order. */
export function queryLoad(
  client: Client,
  load: Load,
  accountId: number,
  keys: readonly SubscriberKey[],
): Promise<Row[]> {
  const [key] = keys;
  if (key !== undefined && keys.length === 1) {
    return queryPrepared(client, nameOfOne(load), load.one, [accountId, Buffer.from(key, 'hex')]);
  }
  return queryPrepared(client, load.name, load.several, [accountId, byteaArray(keys)]);
}

function nameOfOne({ name }: Load): string {
  return `${name}-one`;
}

export class PostgresSubscribers extends PostgresContacts implements SubscriberStore {
  readonly #connections: Connections;
  readonly #placement: Placement;
  readonly #nodes: ContactNodes;

  constructor(connections: Connections, placement: Placement, nodes: ContactNodes) {
    super(connections.reads, placement);
    this.#connections = connections;
    this.#placement = placement;
    this.#nodes = nodes;
  }

  get lanes(): number {
    return this.#placement.ways.lanes;
  }

  load(refs: readonly SubscriberRef[]): Promise<(StoredSubscriber | undefined)[]> {
    return loadEach(this.#connections.reads, refs, LOAD, (row) => [row[1] as string, toSubscriber(row)]);
  }

  /**
   * Of one contact, where there are several nodes, its own node is asked: a batch is of most of them anyway. The function
   * that commits such a change compares the contact's last event, too.
   */
  async loadToChange(refs: readonly SubscriberRef[], mayBeOld: boolean): Promise<RowsToChange> {
    const rows = mayBeOld && this.isSpread && refs.length === 1 ? await this.#loadFromNode(refs[0]!) : null;
    return rows ? { rows, areCurrent: false } : { rows: await this.load(refs), areCurrent: true };
  }

  async #loadFromNode({ accountId, subscriberKey }: SubscriberRef): Promise<(StoredSubscriber | undefined)[] | null> {
    const key = Buffer.from(subscriberKey, 'hex');
    const rows = await this.#nodes.prepared(key, nameOfOne(LOAD), LOAD.one, [accountId, key]);
    return rows && [rows[0] && toSubscriber(rows[0])];
  }

  async commit(changes: readonly SubscriberChange[]): Promise<CommitResult> {
    if (changes.length === 0) return 'committed';
    return settle(this.#connections, changes, () =>
      this.#connections.use(async (client) => (await this.#placement.current(client)).commit(client, changes)),
    );
  }

  forget(change: ForgettingChange): Promise<CommitResult> {
    return settle(this.#connections, [change], () => forgetWith(this.#connections, this.#placement, change));
  }

  async findEvidence(accountId: number, before: number, after: string | null, limit: number): Promise<EvidencePage> {
    const values = [accountId, before, after ?? BEFORE_ALL_EVENTS, limit];
    const rows = await this.#connections.reads.prepared('find-evidence', FIND_EVIDENCE, values);
    const keys = new Set(rows.flatMap((row) => (row[1] === null ? [] : [row[1] as string])));
    return {
      refs: [...keys].map((subscriberKey) => ({ accountId, subscriberKey })),
      next: rows.length < limit ? null : (rows.at(-1)![0] as string),
    };
  }

  async history(ref: SubscriberRef, limit: number): Promise<LedgerEvent[]> {
    const values = [ref.accountId, Buffer.from(ref.subscriberKey, 'hex'), limit];
    const rows = await this.#connections.reads.prepared('history', HISTORY, values);
    return rows.map((row) => toEvent(ref, row));
  }

  async scan(after: SubscriberRef | null, limit: number): Promise<StoredSubscriber[]> {
    const { accountId, subscriberKey } = after ?? BEFORE_ALL;
    const values = [accountId, Buffer.from(subscriberKey, 'hex'), limit];
    const rows = await this.#connections.reads.prepared('scan', SCAN, values);
    return rows.map(toSubscriber);
  }
}
