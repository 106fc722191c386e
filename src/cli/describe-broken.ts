/** What of the ledger does not hold, in words. */
import type { Broken } from '../actions/verify-ledger.ts';

type Problem = Broken['problem'];

/** Each follows what it is about: an event, a contact, a checkpoint or a tile. */
const WORDS: Readonly<Record<Problem, string>> = {
  'version-gap': 'the event before it is missing',
  'wrong-previous-event': 'it names another event as the one before it',
  'wrong-hash': 'its hash is not that of what it says',
  'wrong-commitment': 'a personal value is not the one that it commits to',
  'instant-not-later': 'it is not later than the event before it',
  'id-not-later': 'its id is not later than that of the event before it',
  malformed: 'it holds what Optio never writes',
  'unreadable-body': 'what it says cannot be read',
  'unreadable-personal': 'its personal values are not as they were written',
  'personal-missing': 'a personal value is missing, and no later event says why',
  'personal-not-erased': 'personal values that it says are erased are still there',
  'row-missing': 'the contact has events and no row',
  'events-missing': 'the contact has a row and no events',
  'wrong-head': "the contact's row is not at its last event",
  'wrong-document': "the contact's preferences are not what its events say",
  'wrong-address': "the contact's address is not that of its key",
  'address-missing': "the contact's address is missing, and its last event does not say why",
  'address-not-erased': 'the contact was erased and its address is still there',
  'not-as-sealed': 'it is not what the last checkpoint covers in its place',
  'wrong-signature': 'its signature is not that of its key',
  'number-gap': 'the checkpoint before it is missing',
  'wrong-previous-checkpoint': 'it follows on another checkpoint than the one before it',
  'another-key': 'it is signed with another key than the one before it',
  'size-not-larger': 'it covers no more events than the one before it',
  'horizon-not-later': 'it reaches no further than the one before it',
  unreadable: 'it cannot be read',
  missing: 'it is missing',
  'not-as-published': 'it is not the one that was published',
  'horizon-moved-back': 'the ledger is closed through less than it covers, so that events can still be added',
  'wrong-size': 'events that it covers were dropped, or others added',
  'wrong-root': 'events that it covers are not those that were sealed',
  'wrong-peaks': 'what the next one is computed from does not belong to it',
  'wrong-events': 'events of it were altered, dropped or added',
};

export function describeBroken(broken: Broken): string {
  return `${placeOf(broken)}: ${WORDS[broken.problem]}`;
}

function placeOf(broken: Broken): string {
  switch (broken.kind) {
    case 'contact': {
      const contact = `account ${broken.accountId}, key ${broken.subscriberKey}`;
      return broken.eventId === null ? contact : `${contact}, version ${broken.version}, event ${broken.eventId}`;
    }
    case 'checkpoint':
      return `checkpoint ${broken.number}`;
    case 'tile': {
      const through = broken.lastEventId === null ? '' : `, through event ${broken.lastEventId}`;
      return `tile ${broken.number} of 256 events${through}`;
    }
  }
}
