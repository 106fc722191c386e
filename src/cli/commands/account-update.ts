/** `optio account update`: renames an account or switches its data privacy settings. */
import type { Command } from 'commander';
import { describeAccount } from '../../actions/describe-catalog.ts';
import { updateAccount } from '../../actions/manage-accounts.ts';
import type { Account, MailRule } from '../../domain/catalog.ts';
import { countOf } from '../count-of.ts';
import { concludeWith, withAccount } from '../open-management.ts';
import {
  accountOption,
  addSettings,
  examples,
  jsonOption,
  type KeepEvidence,
  keepEvidenceOption,
  mailRuleOption,
  nameOption,
  readKeepEvidence,
  switchOption,
} from '../options.ts';
import type { Run } from '../program.ts';
import { misuse } from '../shell.ts';

interface Options {
  readonly account?: number;
  readonly name?: string;
  readonly dataPrivacy?: boolean;
  readonly mailRule?: MailRule;
  readonly keepEvidence?: KeepEvidence;
}

export function addAccountUpdate(family: Command, run: Run): void {
  const command = family
    .command('update')
    .summary("change an account's settings")
    .description('Changes what is given and leaves the rest.')
    .addOption(accountOption())
    .addOption(nameOption('account'))
    .addOption(switchOption('--data-privacy', 'whether every change needs a legal basis and its explanation'))
    .addOption(mailRuleOption())
    .addOption(keepEvidenceOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        ['optio account update --data-privacy on', 'ask for a legal basis from now on'],
        ['optio account update --mail-rule unless-opted-out', 'let everybody be mailed who did not say no'],
        ['optio account update --keep-evidence 3y', 'keep no browser or text shown for longer than three years'],
      ),
    );
  addSettings(command, ['databaseUrl']);
  command.action(
    run(async (shell, options: Options) => {
      const { name, dataPrivacy, mailRule, keepEvidence } = options;
      const change = { name, dataPrivacy, mailRule, keepEvidenceMonths: readKeepEvidence(keepEvidence) };
      if (Object.values(change).every((value) => value === undefined)) {
        return misuse('nothing to change; give --name, --data-privacy, --mail-rule or --keep-evidence');
      }
      return withAccount(shell, { ...options }, async (management, { id }) =>
        concludeWith(await updateAccount(management, id, change), (account) => ({
          text: `Account ${account.id} is called "${account.name}", data privacy is ${account.dataPrivacy ? 'on' : 'off'}, its mail rule is ${account.mailRule}, evidence is kept ${describeKeeping(account)}.`,
          data: describeAccount(account),
        })),
      );
    }),
  );
}

function describeKeeping({ keepEvidenceMonths }: Account): string {
  return keepEvidenceMonths === null ? 'for good' : `for ${countOf(keepEvidenceMonths, 'month')}`;
}
