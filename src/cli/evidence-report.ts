/** What an evidence package says to people: see `docs/evidence.md`. */
import type { ConsentRecord } from '../actions/consent-records.ts';
import type { GatheredEvidence } from '../actions/gather-evidence.ts';
import { checkpointText } from '../domain/checkpoint.ts';
import { canonicalText, GENESIS_HASH } from '../domain/ledger.ts';
import type { Report, ReportSection } from '../pages/report.ts';
import { type Field, fieldsOf, fieldUnlessNull, headlineOf } from './history-words.ts';

/** `publicKey` is the installation's, of 64 hexadecimal digits. */
export function evidenceReport(evidence: GatheredEvidence, publicKey: string): Report {
  const { contact, account, madeAt } = evidence;
  return {
    title: contact.address === null ? 'Evidence of a contact that was erased' : `Evidence about ${contact.address}`,
    lead: `What ${account.name} (account ${account.id}) may send to this contact and why, as of ${madeAt}, with the proofs. Instants are in UTC.`,
    sections: [
      inShort(evidence, publicKey),
      statuses(evidence),
      history(evidence),
      consentRecords(evidence),
      chain(evidence),
      checkpoints(evidence),
      howToCheck(evidence, publicKey),
    ],
  };
}

function inShort({ contact, account, history: told, ledger, proofs, madeAt }: GatheredEvidence, publicKey: string) {
  const unsealed = ledger.length - proofs.length;
  const erased = contact.erased
    ? [
        'The contact was erased. Its address and its texts are gone; that they were there, and what was said, is still proven.',
      ]
    : [];
  const fields: Field[] = [
    ['contact', contact.address ?? 'erased'],
    ['known by', `key ${contact.subscriberKey}`],
    ['account', `${account.name} (${account.id})`],
    ['changes', `${ledger.length}, the latest ${told.at(-1)!.occurredAt}`],
    ['sealed', unsealed === 0 ? 'all' : `${proofs.length}; not sealed yet: ${unsealed}`],
    ['made at', madeAt],
    ['signed by', `key ${publicKey}`],
  ];
  return { heading: 'In short', intro: erased, blocks: [{ headline: 'This file', fields }] };
}

function statuses({ statuses: all, optOuts }: GatheredEvidence): ReportSection {
  const types = all.map((row) => ({
    headline: `${row.subscriptionName} (${row.subscriptionId}): ${row.status}`,
    fields: [
      ...fieldUnlessNull('since', row.decidedBy && row.timestamp),
      ['source', row.source],
      ...fieldUnlessNull('legal basis', row.legalBasis),
      ...fieldUnlessNull('explanation', row.legalBasisExplanation),
      ...fieldUnlessNull('by event', row.decidedBy),
    ] as Field[],
  }));
  const everything = optOuts.map(({ businessUnitId, source, timestamp }) => ({
    headline: `Opted out of everything of ${businessUnitId === null ? 'the account' : `brand ${businessUnitId}`}`,
    fields: [
      ['since', timestamp],
      ['source', source],
    ] as Field[],
  }));
  return { heading: 'What holds now', otherwise: 'There are no types of mail.', blocks: [...everything, ...types] };
}

function history({ history: oldestFirst }: GatheredEvidence): ReportSection {
  const blocks = oldestFirst.toReversed().map((event) => ({ headline: headlineOf(event), fields: fieldsOf(event) }));
  return { heading: 'What happened, the latest first', blocks };
}

function consentRecords({ consentRecords: all }: GatheredEvidence): ReportSection {
  return {
    heading: 'Consent records',
    intro: [
      'One for each type of mail, by the structure of ISO/IEC TS 27560:2023 as it is publicly described. The data in this file holds them in full.',
    ],
    otherwise: 'There are none.',
    blocks: all.map((record) => ({ headline: `Record ${record.record_id}`, fields: recordFields(record) })),
  };
}

function recordFields({ pii_principal_id, pii_processing, party_identification, consent_events }: ConsentRecord) {
  const { privacy_notice: notice, purposes } = pii_processing;
  const [purpose] = purposes;
  return [
    ['PII principal', pii_principal_id],
    ['PII controller', `${party_identification[0]!.party_name} (${party_identification[0]!.party_id})`],
    ['purpose', `${purpose!.purpose ?? 'type'} (${purpose!.purpose_id})`],
    ...fieldUnlessNull('lawful basis', purpose!.lawful_basis),
    ...fieldUnlessNull('notice', notice && `${notice.text} (${notice.language}, version ${notice.version})`),
    ['events', consent_events.map(({ event_time, event_state }) => `${event_time}  ${event_state}`).join('\n')],
  ] as Field[];
}

function chain({ ledger, proofs, checkpoints: seals }: GatheredEvidence): ReportSection {
  const sizes = new Map(seals.map(({ number, size }) => [number, size]));
  const places = new Map(
    proofs.map(({ eventId, index, checkpoint }) => [
      eventId,
      `by checkpoint ${checkpoint}, as leaf ${index} of ${sizes.get(checkpoint)}, counted from 0`,
    ]),
  );
  const blocks = ledger.map((event, at) => {
    return {
      headline: `Event ${event.version}`,
      fields: [
        ['builds on', ledger[at - 1]?.hash ?? GENESIS_HASH],
        ['text', canonicalText(event)],
        ['hash', event.hash],
        ['sealed', places.get(event.eventId) ?? 'not sealed yet'],
      ] as Field[],
    };
  });
  return {
    heading: 'The chain',
    intro: [
      "Each hash is the SHA-256 of the hash it builds on, a line feed and the text, so that none can be altered, dropped or moved without all that follow changing. Texts that may have to be erased stand in it as salted hashes; the data in this file holds them with their salts, and each event's path to the root that was sealed.",
    ],
    blocks,
  };
}

function checkpoints({ checkpoints: all }: GatheredEvidence): ReportSection {
  return {
    heading: 'The checkpoints',
    intro: [
      'A checkpoint seals all events of the installation up to one of them; each event here is proven by the first that covers it. Where that was published, or handed to somebody, when it was made, nothing that it covers can have been altered since, by the operator either.',
    ],
    otherwise: 'Nothing was sealed yet.',
    blocks: all.map((sealed) => ({
      headline: `Checkpoint ${sealed.number}`,
      fields: [
        ['events', `${sealed.size}, of all contacts`],
        ['through event', sealed.closedThrough],
        ['root', sealed.root],
        ['sealed at', sealed.sealedAt],
        ['signed text', checkpointText(sealed)],
        ['public key', sealed.publicKey],
        ['signature', sealed.signature],
      ] as Field[],
    })),
  };
}

function howToCheck({ ledger }: GatheredEvidence, publicKey: string): ReportSection {
  const fields: Field[] = [
    ['with Python', 'python3 verify-evidence.py FILE'],
    ['and the key', `python3 verify-evidence.py FILE --key ${publicKey}`],
    ['and seals', 'python3 verify-evidence.py FILE --checkpoints CHECKPOINTS'],
    ['one hash', `printf '%s\\n%s' BUILDS_ON 'TEXT' | sha256sum`],
  ];
  return {
    heading: 'How to check this file',
    intro: [
      'No network and none of the software that made this file is needed. verify-evidence.py and verify.py are short programs in Python 3, in the folder docs of the source code of Optio; put them in one folder. They check the signature, which covers every octet of this file, the chain, the texts, the way of each event into its checkpoint, and that what holds now follows from the events.',
      'The signature tells that the file is as it was made. That the operator did not make up the past is told by what others kept: ask for the public key and the checkpoints in another way than by this file, from where they were published when they were made, and have the program compare.',
      `To check a hash by hand, take what it builds on and its text from the chain above, where ${ledger.length === 1 ? 'the event stands' : 'all events stand'}.`,
    ],
    blocks: [{ headline: 'Commands', fields }],
  };
}
