/** `optio account create`: makes an account with its brand 0, three default definitions and an app. */
import type { Command } from 'commander';
import { describeAccount } from '../../actions/describe-catalog.ts';
import { createAccount } from '../../actions/manage-accounts.ts';
import type { MailRule } from '../../domain/catalog.ts';
import { concludeWith, withManagement } from '../open-management.ts';
import {
  addSettings,
  examples,
  jsonOption,
  type KeepEvidence,
  keepEvidenceOption,
  mailRuleOption,
  nameOption,
  newIdOption,
  readKeepEvidence,
  switchOption,
} from '../options.ts';
import type { Run } from '../program.ts';

interface Options {
  readonly name: string;
  readonly id?: number;
  readonly dataPrivacy?: boolean;
  readonly mailRule?: MailRule;
  readonly keepEvidence?: KeepEvidence;
}

export function addAccountCreate(family: Command, run: Run): void {
  const command = family
    .command('create')
    .summary('create an account')
    .description(
      'Creates an account with its own brand 0, the three default definitions and an app. Its first token is made apart.',
    )
    .addOption(nameOption('account').makeOptionMandatory())
    .addOption(newIdOption('account'))
    .addOption(switchOption('--data-privacy', 'whether every change needs a legal basis; off by default'))
    .addOption(mailRuleOption().default('opt-in'))
    .addOption(keepEvidenceOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(['optio account create --name "Acme GmbH" --id 62515', 'with the portal id it has at HubSpot']),
    );
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, { keepEvidence, ...options }: Options) =>
      withManagement(shell, { ...options }, async (management) =>
        concludeWith(
          await createAccount(management, { ...options, keepEvidenceMonths: readKeepEvidence(keepEvidence) }),
          (account) => ({
            text: `Account ${account.id} created.\nMake its first token: optio token create --account ${account.id}`,
            data: describeAccount(account),
          }),
        ),
      ),
    ),
  );
}
