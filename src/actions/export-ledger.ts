/** The whole ledger as text, for verifiers that are not ours: `docs/verification.md` describes every line. */
import { publishedCheckpoint } from '../domain/checkpoint.ts';
import type { LedgerAudit } from '../storage/port.ts';
import { readStoredCheckpoint } from './checkpoints.ts';
import { instant } from './show-instant.ts';

const FORMAT = 'optio-ledger/1';

/** Lines of JSON, many at a time. `told` hears how many events were written, now and then. */
export async function* exportLedger(
  audit: LedgerAudit,
  exportedAt: number,
  told: (events: number) => void,
): AsyncGenerator<string> {
  const checkpoints = (await audit.checkpoints()).flatMap((stored) => readStoredCheckpoint(stored) ?? []);
  yield linesOf([{ kind: 'ledger', format: FORMAT, exportedAt: instant(exportedAt) }]);
  yield linesOf(checkpoints.map((checkpoint) => ({ kind: 'checkpoint', ...publishedCheckpoint(checkpoint) })));
  let events = 0;
  for await (const page of audit.events()) {
    yield linesOf(page.map(({ isMalformed, ...event }) => ({ kind: 'event', ...event })));
    events += page.length;
    told(events);
  }
  let contacts = 0;
  for await (const page of audit.contacts()) {
    yield linesOf(page.map(({ isMalformed, ...contact }) => ({ kind: 'contact', ...contact })));
    contacts += page.length;
  }
  yield linesOf([{ kind: 'end', events, contacts }]);
}

function linesOf(values: readonly object[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}
