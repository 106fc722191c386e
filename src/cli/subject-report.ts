/** What is known of a contact, as a report for that contact. */
import type { ExportedSubject } from '../actions/export-subject.ts';
import type { Report, ReportSection } from '../pages/report.ts';
import { type Field, fieldsOf, fieldUnlessNull, headlineOf } from './history-words.ts';

export function reportOf(subject: ExportedSubject): Report {
  const { subscriberIdString, accountName, accountId, exportedAt } = subject;
  return {
    title: `What is known of ${subscriberIdString}`,
    lead: `All that ${accountName} (account ${accountId}) keeps in Optio about this e-mail address, as of ${exportedAt}. Instants are in UTC.`,
    sections: [address(subject), statuses(subject), optOuts(subject), signUp(subject), history(subject)],
  };
}

function address({ writtenAs, linksVoidThrough }: ExportedSubject): ReportSection {
  const fields = [
    ...fieldUnlessNull('written as', writtenAs),
    ...fieldUnlessNull('links are void that were made up to', linksVoidThrough),
  ];
  const blocks = fields.length === 0 ? [] : [{ headline: 'As it is kept', fields }];
  return { heading: 'The address', otherwise: 'It is not kept.', blocks };
}

function statuses({ statuses: all }: ExportedSubject): ReportSection {
  const blocks = all.map((row) => ({
    headline: `${row.subscriptionName}: ${row.status}`,
    fields: [
      ['source', row.source],
      ...fieldUnlessNull('since', row.decidedBy === null ? null : row.timestamp),
      ...fieldUnlessNull('legal basis', row.legalBasis),
      ...fieldUnlessNull('explanation', row.legalBasisExplanation),
    ] as Field[],
  }));
  return { heading: 'What holds for each type of mail', otherwise: 'There are no types of mail.', blocks };
}

function optOuts({ optOuts: all }: ExportedSubject): ReportSection {
  const blocks = all.map(({ businessUnitId, source, timestamp }) => ({
    headline: businessUnitId === null ? 'From the whole account' : `From brand ${businessUnitId}`,
    fields: [
      ['since', timestamp],
      ['source', source],
    ] as Field[],
  }));
  return { heading: 'Opt-outs of everything', otherwise: 'There are none.', blocks };
}

function signUp({ signUp: waiting }: ExportedSubject): ReportSection {
  const pending = waiting?.pending ?? [];
  const blocks = pending.map(({ subscriptionId, subscriptionName, requestedAt, request, consent, appId }) => ({
    headline: subscriptionName ?? `Type ${subscriptionId}`,
    fields: [
      ['asked for', requestedAt],
      ['by', appId === null ? 'a form' : `app ${appId}`],
      ...fieldUnlessNull('was shown', consent?.text ?? null),
      ...fieldUnlessNull('browser', request.userAgent ?? null),
      ...fieldUnlessNull('IP address', request.ipAddress ?? null),
      ...fieldUnlessNull('a message was sent', waiting?.messageSentAt ?? null),
      ...fieldUnlessNull('is forgotten', waiting?.expiresAt ?? null),
    ] as Field[],
  }));
  return { heading: 'Sign-ups that wait for a confirmation', otherwise: 'There are none.', blocks };
}

function history({ history: events }: ExportedSubject): ReportSection {
  const blocks = events.map((event) => ({ headline: headlineOf(event), fields: fieldsOf(event) }));
  return {
    heading: 'Everything that was ever said, the latest first',
    otherwise: 'Nobody ever said anything.',
    blocks,
  };
}
