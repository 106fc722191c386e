/** `optio retention run`: applies accounts' limits now. */
import { type Command, Option } from 'commander';
import { type Expiry, expireEvidence } from '../../actions/expire-evidence.ts';
import { findAccount, listAccounts } from '../../actions/manage-accounts.ts';
import { done, type Management, type ManageOutcome } from '../../actions/manage-outcome.ts';
import type { Account } from '../../domain/catalog.ts';
import { countOf } from '../count-of.ts';
import { concludeWith, withManagement } from '../open-management.ts';
import { addSettings, examples, jsonOption, parseId } from '../options.ts';
import type { Run } from '../program.ts';

interface Options {
  readonly account?: number;
}

export function addRetentionRun(family: Command, run: Run): void {
  const command = family
    .command('run')
    .summary('drop what was kept long enough')
    .description(
      "Drops the evidence that was kept as long as its account keeps it, and leaves an event with each contact that says of which changes. What was chosen, when and on which legal basis, stays, and the ledger can still be checked. Copies in the database's own files go with optio purge.",
    )
    .addOption(new Option('--account <id>', 'this account only; all by default').argParser(parseId))
    .addOption(jsonOption())
    .addHelpText('after', examples(['optio retention run', 'do not wait for the server, which does so once a day']));
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, options: Options) =>
      withManagement(shell, { ...options }, async (management) => {
        const accounts = await accountsOf(management, options.account);
        if (accounts.kind === 'refused') return concludeWith(accounts, () => ({ text: '', data: [] }));
        const looks: Look[] = [];
        for (const account of accounts.value) looks.push([account, await expireEvidence(management, account)]);
        const text = looks.map(describeForPeople).join('\n') || 'There is no account yet.';
        return { kind: 'done', text, data: looks.map(describe) };
      }),
    ),
  );
}

type Look = readonly [account: Account, expiry: Expiry];

async function accountsOf(management: Management, id: number | undefined): Promise<ManageOutcome<readonly Account[]>> {
  if (id === undefined) return done(await listAccounts(management));
  const found = await findAccount(management, id);
  return found.kind === 'done' ? done([found.value]) : found;
}

function describeForPeople([{ id, keepEvidenceMonths }, { contacts, events, passedOver }]: Look): string {
  if (keepEvidenceMonths === null) return `Account ${id} keeps evidence for good.`;
  const gone =
    events === 0 ? 'none was older' : `that of ${countOf(events, 'change')} of ${countOf(contacts, 'contact')} is gone`;
  const left = passedOver === 0 ? '' : ` ${WHY_LEFT}: ${countOf(passedOver, 'contact')}.`;
  return `Account ${id} keeps evidence for ${countOf(keepEvidenceMonths, 'month')}: ${gone}.${left}`;
}

const WHY_LEFT = 'Passed over, since their ledger does not hold or others changed it all the time';

function describe([{ id, keepEvidenceMonths }, expiry]: Look) {
  return { accountId: id, keepEvidenceMonths, ...expiry };
}
