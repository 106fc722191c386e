/**
 * Checks one contact's whole chain as it is stored, however it may have been altered: every event against the one
 * before, what is personal against its commitments, and the contact's row against what the events say.
 */
import { parseAddress, subscriberKey } from './address.ts';
import {
  type BrokenLink,
  type EventBody,
  findBrokenLink,
  followEvent,
  type LedgerEvent,
  type Personal,
  type SubscriberState,
  UNKNOWN_SUBSCRIBER,
} from './ledger.ts';
import type { Preferences } from './preferences.ts';

/** An event as it stands in its table. */
export interface AuditedEvent extends Omit<LedgerEvent, 'personal'> {
  /** JSON text. */
  readonly personal: string | null;
  /** Whether a column holds what none of ours writes: an id of another length, text that is no UTF-8. */
  readonly isMalformed: boolean;
}

/** A contact's row as it stands in its table. */
export interface AuditedContact {
  readonly accountId: number;
  readonly subscriberKey: string;
  readonly address: string | null;
  readonly version: number;
  readonly headEventId: string;
  readonly headHash: string;
  readonly lastEventAt: number;
  /** The preferences as text. */
  readonly document: string;
  readonly isMalformed: boolean;
}

/** What may be wrong with an event, or with a contact's row. */
export type ChainProblem =
  | BrokenLink['problem']
  | 'malformed'
  | 'id-not-later'
  | 'unreadable-body'
  | 'unreadable-personal'
  | 'personal-missing'
  | 'personal-not-erased'
  | 'row-missing'
  | 'events-missing'
  | 'wrong-head'
  | 'wrong-document'
  | 'wrong-address'
  | 'address-missing'
  | 'address-not-erased'
  /** Its checkpoint does not cover it. */
  | 'not-as-sealed';

/** Where something is wrong. Of a contact without events the last two are null. */
export interface BrokenChain {
  readonly accountId: number;
  readonly subscriberKey: string;
  readonly version: number | null;
  readonly eventId: string | null;
  readonly problem: ChainProblem;
}

/** The personal parts that a body may commit to. */
const PARTS = ['legalBasisExplanation', 'evidence'] as const satisfies readonly (keyof Personal)[];
type Part = (typeof PARTS)[number];

export class ChainAudit {
  readonly #documentOf: (preferences: Preferences) => string;
  readonly #report: (broken: BrokenChain) => void;
  #state: SubscriberState = UNKNOWN_SUBSCRIBER;
  #last: AuditedEvent | null = null;
  /** Whether all events so far could be followed: else it is not known what the contact's row should say. */
  #isFollowed = true;
  #isErased = false;
  /** What events commit to and is not there: right only where a later event says why. */
  #missing: { readonly event: AuditedEvent; readonly part: Part }[] = [];
  /** What is there. */
  #present: { readonly version: number; readonly part: Part }[] = [];

  /** `documentOf` gives the text that preferences are stored as. */
  constructor(documentOf: (preferences: Preferences) => string, report: (broken: BrokenChain) => void) {
    this.#documentOf = documentOf;
    this.#report = report;
  }

  /** Takes the contact's next event, by version. After a broken one, the next is checked against it as it stands. */
  add(event: AuditedEvent): void {
    const problem = this.#follow(event);
    if (problem) this.#tell(event, problem);
    this.#last = event;
  }

  /** Checks the contact's row, once all its events were added; null where it has none. */
  end(row: AuditedContact | null): void {
    for (const { event } of this.#missing) this.#tell(event, 'personal-missing');
    const place = this.#last ?? (row && { ...row, version: null, eventId: null });
    if (!place) return;
    const problem = this.#findRowProblem(row);
    if (problem) this.#tell(place, problem);
  }

  #follow(event: AuditedEvent): ChainProblem | null {
    if (event.isMalformed) return this.#skip(event, 'malformed');
    const body = readObject(event.body) as EventBody | null;
    if (!body) return this.#skip(event, 'unreadable-body');
    const personal = event.personal === null ? {} : readPersonal(event.personal);
    const read = { ...event, personal };
    const broken = findBrokenLink(this.#state, read, body);
    if (broken) return this.#skip(event, broken);
    if (event.eventId <= (this.#state.headEventId ?? '')) return this.#skip(event, 'id-not-later');
    try {
      this.#state = followEvent(this.#state, read, body);
    } catch {
      return this.#skip(event, 'unreadable-body');
    }
    if (!personal) return this.#skip(event, 'unreadable-personal');
    return this.#compareParts(event, body, personal) ?? this.#forget(body);
  }

  /** Goes on after a broken event as if it were whole, without what it did to the preferences. */
  #skip({ version, eventId, hash, occurredAt }: AuditedEvent, problem: ChainProblem): ChainProblem {
    this.#isFollowed = false;
    this.#state = { ...this.#state, version, headEventId: eventId, headHash: hash, lastEventAt: occurredAt };
    return problem;
  }

  #compareParts(event: AuditedEvent, body: EventBody, personal: Personal): ChainProblem | null {
    for (const part of PARTS) {
      const isCommitted = typeof (body as Partial<Record<Part, unknown>>)[part] === 'string';
      if (personal[part] && !isCommitted) return 'wrong-commitment';
      if (personal[part]) this.#present.push({ version: event.version, part });
      else if (isCommitted) this.#missing.push({ event, part });
    }
    return null;
  }

  /** What an event says was erased must be gone, and what it does not must be there. */
  #forget(body: EventBody): ChainProblem | null {
    if (body.type === 'EVIDENCE_EXPIRED') {
      const versions = new Set(body.versions);
      const isGone = (version: number, part: Part) => part === 'evidence' && versions.has(version);
      this.#missing = this.#missing.filter(({ event, part }) => !isGone(event.version, part));
      return this.#present.some(({ version, part }) => isGone(version, part)) ? 'personal-not-erased' : null;
    }
    this.#isErased = body.type === 'ERASED';
    if (!this.#isErased) return null;
    const isLeft = this.#present.length > 0;
    this.#missing = [];
    this.#present = [];
    return isLeft ? 'personal-not-erased' : null;
  }

  #findRowProblem(row: AuditedContact | null): ChainProblem | null {
    if (!row) return 'row-missing';
    if (!this.#last) return 'events-missing';
    if (row.isMalformed) return 'malformed';
    const { version, headEventId, headHash, lastEventAt, preferences } = this.#state;
    const isHead =
      row.version === version &&
      row.headEventId === headEventId &&
      row.headHash === headHash &&
      row.lastEventAt === lastEventAt;
    if (!isHead) return 'wrong-head';
    if (!this.#isFollowed) return null;
    if (row.document !== this.#documentOf(preferences)) return 'wrong-document';
    if (this.#isErased) return row.address === null ? null : 'address-not-erased';
    if (row.address === null) return 'address-missing';
    const address = parseAddress(row.address);
    const isOfKey = address && subscriberKey(row.accountId, address.normalised) === row.subscriberKey;
    return isOfKey ? null : 'wrong-address';
  }

  #tell(place: Omit<BrokenChain, 'problem'>, problem: ChainProblem): void {
    const { accountId, subscriberKey, version, eventId } = place;
    this.#report({ accountId, subscriberKey, version, eventId, problem });
  }
}

function readObject(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

/** Only the text that is written: with other spaces or names in it, it would be somebody else's. */
function readPersonal(text: string): Personal | null {
  const parts = readObject(text) as Record<string, { salt: unknown; value: unknown }> | null;
  if (!parts || JSON.stringify(parts) !== text) return null;
  const isPart = (name: string) => {
    const part = parts[name];
    const isWhole = typeof part?.salt === 'string' && typeof part.value === 'string' && Object.keys(part).length === 2;
    return isWhole && (PARTS as readonly string[]).includes(name);
  };
  const names = Object.keys(parts);
  return names.length > 0 && names.every(isPart) ? (parts as Personal) : null;
}
