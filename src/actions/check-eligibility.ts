/**
 * Whether contacts may be mailed about a type. Only what is read decides: what cannot be read is an error of the whole,
 * and nobody is taken for eligible because of it. Changes nothing; addresses need not be known.
 */
import { type Address, parseAddress } from '../domain/address.ts';
import type { Catalog, MailRule, SubscriptionDefinition } from '../domain/catalog.ts';
import { type Eligibility, INVALID_ADDRESS, judge } from '../domain/eligibility.ts';
import { type Channel, type ChannelPreferences, channelPreferences, NO_PREFERENCES } from '../domain/preferences.ts';
import type { Store, StoredSubscriber, SubscriberRef } from '../storage/port.ts';
import type { Context } from './context.ts';
import { eventOf, readLedger, stateAt } from './read-ledger.ts';
import type { ReadOutcome } from './read-statuses.ts';
import { refOf } from './subscriber-ref.ts';

export interface EligibilityQuestion {
  readonly subscriptionId: number;
  readonly channel: Channel;
  /** Epoch milliseconds, itself included; null: now. */
  readonly asOf: number | null;
  /** Whether to name the deciding event, for which ledgers may have to be walked. */
  readonly explain: boolean;
}

export interface EligibilityAnswer extends Eligibility {
  /** As answers show addresses; text that is none as it was sent. */
  readonly subscriberIdString: string;
  /** The event that decided, null where nobody said anything; absent where no explanation was asked for. */
  readonly decidedBy?: string | null;
}

/** What answering takes: a server's `Context`, or what a command puts together. */
export interface Gate {
  readonly store: { readonly subscribers: Pick<Store['subscribers'], 'load' | 'history'> };
  readonly catalogs: Pick<Context['catalogs'], 'catalog' | 'freshCatalog'>;
  readonly reader: Pick<Context['reader'], 'loadAbout'>;
}

/** The answers, and by which rule they were found. */
export type EligibilityOutcome =
  | Exclude<ReadOutcome<never>, { kind: 'read' }>
  | { readonly kind: 'read'; readonly mailRule: MailRule; readonly answers: EligibilityAnswer[] };

/** Contacts a query: more keep others waiting, fewer cost more. A call has two under way at most. */
const CONTACTS_A_QUERY = 500;
/** The same where ledgers may have to be walked. */
const LEDGERS_AT_ONCE = 50;

/** One answer a text, in their order. `SUBSCRIPTION_INACTIVE` is an answer; a type that is unknown is a refusal. */
export async function checkEligibility(
  gate: Gate,
  accountId: number,
  question: EligibilityQuestion,
  texts: readonly string[],
): Promise<EligibilityOutcome> {
  const { subscriptionId } = question;
  const catalog = await catalogWith(gate, accountId, subscriptionId);
  const definition = catalog.definitions.get(subscriptionId);
  if (!definition) return { kind: 'refused', refusal: { code: 'subscription-unknown', subscriptionId } };
  const isOfNow = question.asOf === null && !question.explain;
  const judgeSome = (isOfNow ? judgeNow : judgeThen)(gate, question, judgeBy(catalog, definition, question));
  const size = isOfNow ? CONTACTS_A_QUERY : LEDGERS_AT_ONCE;
  const answers = await answerInPieces(accountId, question, texts, size, judgeSome);
  if (answers === 'overloaded') return { kind: 'overloaded' };
  return { kind: 'read', mailRule: catalog.account.mailRule, answers };
}

type JudgeSome = (refs: readonly SubscriberRef[]) => Promise<Judged[] | 'overloaded'>;

/** While one piece is read, the one before is answered and the next one prepared. */
async function answerInPieces(
  accountId: number,
  { explain }: EligibilityQuestion,
  texts: readonly string[],
  size: number,
  judgeSome: JudgeSome,
): Promise<EligibilityAnswer[] | 'overloaded'> {
  const invalid: Judged = explain ? { ...INVALID_ADDRESS, decidedBy: null } : INVALID_ADDRESS;
  const begin = (start: number) => {
    const some = texts.slice(start, start + size);
    const addresses = some.map(parseAddress);
    const judged = judgeSome(addresses.flatMap((address) => (address ? [refOf(accountId, address)] : [])));
    // Whoever waits for it hears of a failure; where an earlier piece fails, nobody does.
    judged.catch(() => {});
    return { some, addresses, judged };
  };
  const answers: EligibilityAnswer[] = [];
  let piece = begin(0);
  for (let start = 0; start < texts.length; start += size) {
    const { some, addresses, judged: promised } = piece;
    piece = begin(start + size);
    const judged = await promised;
    if (judged === 'overloaded') return judged;
    pair(some, addresses, judged, invalid, answers);
  }
  return answers;
}

/** Asked for anew where another process may just have made the type. */
async function catalogWith({ catalogs }: Gate, accountId: number, subscriptionId: number): Promise<Catalog> {
  const catalog = await catalogs.catalog(accountId);
  return catalog.definitions.has(subscriptionId) ? catalog : catalogs.freshCatalog(accountId);
}

type JudgeOne = (preferences: ChannelPreferences) => Eligibility;

function judgeBy(catalog: Catalog, definition: SubscriptionDefinition, { asOf }: EligibilityQuestion): JudgeOne {
  const at = asOf ?? Number.POSITIVE_INFINITY;
  return (preferences) => judge(preferences, definition, catalog, at);
}

type Judged = Eligibility & Pick<EligibilityAnswer, 'decidedBy'>;

function judgeNow({ reader }: Gate, question: EligibilityQuestion, judgeOne: JudgeOne): JudgeSome {
  return async (refs) => {
    const found = await reader.loadAbout(refs, question);
    return found === 'overloaded' ? found : found.map((preferences = NO_PREFERENCES) => judgeOne(preferences));
  };
}

function judgeThen({ store }: Gate, question: EligibilityQuestion, judgeOne: JudgeOne): JudgeSome {
  return async (refs) => {
    const rows = await store.subscribers.load(refs);
    return Promise.all(rows.map((row) => judgeRow(store.subscribers, row, judgeOne, question)));
  };
}

/** The row says what holds and by which event where that is the last; the ledger is walked only for what is older. */
async function judgeRow(
  subscribers: Gate['store']['subscribers'],
  row: StoredSubscriber | undefined,
  judgeOne: JudgeOne,
  { channel, asOf, explain }: EligibilityQuestion,
): Promise<Judged> {
  if (!row) return explain ? { ...judgeOne(NO_PREFERENCES), decidedBy: null } : judgeOne(NO_PREFERENCES);
  const { state } = row;
  const heldThen = asOf === null || state.lastEventAt <= asOf;
  const steps = heldThen ? null : await readLedger(subscribers, row.ref);
  const { preferences } = steps ? stateAt(steps, asOf!) : state;
  const judged = judgeOne(channelPreferences(preferences, channel));
  if (!explain) return judged;
  if (judged.decidedAt === null) return { ...judged, decidedBy: null };
  if (judged.decidedAt === state.lastEventAt) return { ...judged, decidedBy: state.headEventId };
  const event = eventOf(steps ?? (await readLedger(subscribers, row.ref)), judged.decidedAt);
  return { ...judged, decidedBy: event?.eventId ?? null };
}

/** Puts what was judged of the addresses beside their texts, and in between what is no address. */
function pair(
  texts: readonly string[],
  addresses: readonly (Address | null)[],
  judged: readonly Judged[],
  invalid: Judged,
  answers: EligibilityAnswer[],
): void {
  let next = 0;
  texts.forEach((text, index) => {
    const address = addresses[index];
    if (address) answers.push({ subscriberIdString: address.shown, ...judged[next++]! });
    else answers.push({ subscriberIdString: text, ...invalid });
  });
}
