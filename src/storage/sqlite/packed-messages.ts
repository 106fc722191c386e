/**
 * What crosses between the thread that serves and the one that writes, packed: the rows that are asked for, the rows
 * that were found, and the changes to write. The writer binds the values of a change as it reads them.
 */
import type { StoredSubscriber, SubscriberChange, SubscriberRef } from '../port.ts';
import { decodePreferences, encodePreferences } from '../preferences-document.ts';
import { hyphenated } from './binary.ts';
import { Packer, packedTextOctets, Unpacker } from './packing.ts';
import type { Row } from './subscriber-rows.ts';

export const KEY_OCTETS = 16;
export const UUID_OCTETS = 16;
export const HASH_OCTETS = 32;
/** Numbers and counts of a row, a change or an event take less than this. */
const FIXED_OCTETS = 64;

export function packRefs(refs: readonly SubscriberRef[]): Uint8Array<ArrayBuffer> {
  const packer = new Packer(refs.length * FIXED_OCTETS);
  for (const ref of refs) {
    packer.number(ref.accountId);
    packer.hex(ref.subscriberKey);
  }
  return packer.finish();
}

/** Calls `take` with the account's id and the key's octets of each reference. */
export function unpackRefs(packed: Uint8Array, take: (accountId: number, key: Buffer) => void): void {
  const unpacker = new Unpacker(packed);
  while (!unpacker.isAtEnd) take(unpacker.number(), unpacker.octets(KEY_OCTETS));
}

/** Rows with the columns of `SUBSCRIBER_COLUMNS`, or undefined for each that was not found. */
export function packRows(rows: readonly (Row | undefined)[]): Uint8Array<ArrayBuffer> {
  let octets = 0;
  for (const row of rows) octets += row ? octetsOfRow(row) : FIXED_OCTETS;
  const packer = new Packer(octets);
  for (const row of rows) {
    packer.count(row ? 1 : 0);
    if (!row) continue;
    const [address, version, headEventId, headHash, lastEventAt, preferences] = row;
    packer.text(address as string | null);
    packer.count(version as number);
    packer.octets(headEventId as Uint8Array);
    packer.octets(headHash as Uint8Array);
    packer.number(lastEventAt as number);
    packer.text(preferences as string);
  }
  return packer.finish();
}

function octetsOfRow(row: Row): number {
  const texts = packedTextOctets(row[0] as string | null) + packedTextOctets(row[5] as string);
  return FIXED_OCTETS + UUID_OCTETS + HASH_OCTETS + texts;
}

export function unpackRows(packed: Uint8Array, refs: readonly SubscriberRef[]): (StoredSubscriber | undefined)[] {
  const unpacker = new Unpacker(packed);
  return refs.map((ref) => (unpacker.count() === 0 ? undefined : unpackSubscriber(unpacker, ref)));
}

function unpackSubscriber(unpacker: Unpacker, ref: SubscriberRef): StoredSubscriber {
  const address = unpacker.text();
  return {
    ref,
    address,
    state: {
      version: unpacker.count(),
      headEventId: hyphenated(unpacker.hex(UUID_OCTETS)),
      headHash: unpacker.hex(HASH_OCTETS),
      lastEventAt: unpacker.number(),
      isErased: address === null,
      preferences: decodePreferences(unpacker.text() ?? ''),
    },
  };
}

/** The last event's id and hash are the row's head, and cross once. */
export function packChanges(changes: readonly SubscriberChange[]): Uint8Array<ArrayBuffer> {
  const documents = changes.map((change) => encodePreferences(change.state.preferences));
  const personals = changes.map(({ events }) =>
    events.map((event) => (event.personal === null ? null : JSON.stringify(event.personal))),
  );
  let octets = 0;
  changes.forEach((change, index) => {
    octets += FIXED_OCTETS + KEY_OCTETS + packedTextOctets(change.address) + packedTextOctets(documents[index]!);
    change.events.forEach((event, place) => {
      octets += FIXED_OCTETS + 2 * UUID_OCTETS + HASH_OCTETS;
      octets += packedTextOctets(event.body) + packedTextOctets(personals[index]![place]!);
    });
  });
  const packer = new Packer(octets);
  changes.forEach(({ ref, address, baseVersion, state, events }, index) => {
    packer.number(ref.accountId);
    packer.hex(ref.subscriberKey);
    packer.count(baseVersion);
    packer.text(address);
    packer.count(state.version);
    packer.number(state.lastEventAt);
    packer.text(documents[index]!);
    packer.count(events.length);
    events.forEach((event, place) => {
      packer.hex(event.eventId.replaceAll('-', ''));
      packer.count(event.version);
      packer.number(event.occurredAt);
      packer.count(event.previousEventId === null ? 0 : 1);
      if (event.previousEventId !== null) packer.hex(event.previousEventId.replaceAll('-', ''));
      packer.hex(event.hash);
      packer.text(event.body);
      packer.text(personals[index]![place]!);
    });
  });
  return packer.finish();
}
