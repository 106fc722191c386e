/**
 * What bears on one type, cut out of a contact's document as it is stored. The gate reads millions of documents and
 * wants a line or two of each: finding those in the text costs a quarter of parsing all of it.
 *
 * It relies on what `preferences-document.ts` says of the text: no white space, and no array within a status or an
 * opt-out. Text that is not like that is not cut but read whole, or fails: nobody is eligible because of it.
 */
import type { ChannelPreferences } from '../domain/preferences.ts';
import { NO_PREFERENCES } from '../domain/preferences.ts';
import type { Subject } from './port.ts';
import { type ChannelValue, decodeChannel } from './preferences-document.ts';

/** A channel's value with the status of one type, where there is one, and all opt-outs; null where nothing was said. */
export type Abridged = ChannelValue | null;

/** The JSON text of the `Abridged` of a stored text. */
export function abridge(text: string, { channel, subscriptionId }: Subject): string {
  const opening = `{"${channel}":[`;
  if (!text.startsWith(opening)) return abridgeOther(text, { channel, subscriptionId });
  const own = `[${subscriptionId},`;
  const statuses = new Values(text, opening.length);
  let status = '';
  for (let at = statuses.next(); at !== NONE; at = statuses.next()) {
    if (status === '' && text.startsWith(own, at)) status = text.slice(at, statuses.end);
  }
  const start = statuses.end + 1;
  const optOuts = new Values(text, start);
  while (optOuts.next() !== NONE);
  return `[[${status}],${text.slice(start, optOuts.end)}]`;
}

/** Where another channel comes first, or none: there is but one as yet. */
function abridgeOther(text: string, { channel, subscriptionId }: Subject): string {
  const spoken = (JSON.parse(text) as Record<string, ChannelValue>)[channel];
  if (!spoken) return 'null';
  const [statuses, optOuts] = spoken;
  return JSON.stringify([statuses.filter(([id]) => id === subscriptionId).slice(0, 1), optOuts]);
}

export function readAbridged(abridged: Abridged): ChannelPreferences {
  return abridged === null ? NO_PREFERENCES : decodeChannel(abridged);
}

const NONE = -1;

/** Walks the arrays in an array of a text, without reading what is in them. */
class Values {
  readonly #text: string;
  /** Where the array or the one walked last ends: the place after its bracket. */
  end: number;
  /** The next quotation mark from where the walk has come to. */
  #quote: number;

  /** `at` is where the outer array begins. */
  constructor(text: string, at: number) {
    this.#text = text;
    this.#expect('[', at);
    this.end = at + 1;
    this.#quote = text.indexOf('"', this.end);
  }

  /** Where the next one begins, or `NONE` where the outer array ended. */
  next(): number {
    const text = this.#text;
    if (text[this.end] === ']') {
      this.end += 1;
      return NONE;
    }
    const start = text[this.end] === ',' ? this.end + 1 : this.end;
    this.#expect('[', start);
    let close = text.indexOf(']', start);
    while (this.#quote !== NONE && this.#quote < close) {
      const after = afterString(text, this.#quote);
      if (close < after) close = text.indexOf(']', after);
      this.#quote = text.indexOf('"', after);
    }
    if (close === NONE) throw new Error('a document ends in the middle of an array');
    this.end = close + 1;
    return start;
  }

  #expect(character: string, at: number): void {
    if (this.#text[at] !== character) throw new Error(`a document has no ${character} where one must be`);
  }
}

/** The place after the string that begins at `quote`. */
function afterString(text: string, quote: number): number {
  for (let close = text.indexOf('"', quote + 1); close !== NONE; close = text.indexOf('"', close + 1)) {
    let backslashes = 0;
    while (text[close - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return close + 1;
  }
  throw new Error('a document ends in the middle of a string');
}
