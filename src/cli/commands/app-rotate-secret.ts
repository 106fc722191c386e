/** `optio app rotate-secret`: an app's client secret, its first or another in its place. */
import type { Command } from 'commander';
import { describeIssuedAppSecret } from '../../actions/describe-catalog.ts';
import { type IssuedAppSecret, rotateAppSecret } from '../../actions/rotate-app-secret.ts';
import type { OldUntil } from '../../actions/rotation.ts';
import { concludeWith, withAccount } from '../open-management.ts';
import { accountOption, addSettings, examples, jsonOption, oldUntilOption, parseId } from '../options.ts';
import type { Run } from '../program.ts';
import { endOf } from '../show-secrets.ts';
import { formatFields } from '../table.ts';

interface Options {
  readonly account?: number;
  readonly oldUntil?: OldUntil;
}

export function addAppRotateSecret(family: Command, run: Run): void {
  const command = family
    .command('rotate-secret')
    .summary('make a client secret and show it, once')
    .description(
      'Makes a client secret for an app and shows it this once: only its SHA-256 is kept. The one before it works on for a day, or as --old-until says; an app has two at most.',
    )
    .argument('<app-id>', 'its id as "optio app list" shows it', parseId)
    .addOption(oldUntilOption())
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        ['optio app rotate-secret 20000001', 'its first secret, or a new one with a day to change over'],
        ['optio app rotate-secret 20000001 --old-until now', 'somebody else knows the old one'],
      ),
    );
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, id: number, options: Options) =>
      withAccount(shell, { ...options }, async (management, account) =>
        concludeWith(await rotateAppSecret(management, account.id, id, options.oldUntil), (issued) => ({
          text: describeForPeople(issued),
          data: describeIssuedAppSecret(issued),
        })),
      ),
    ),
  );
}

function describeForPeople(issued: IssuedAppSecret): string {
  const { clientSecret, id, clientId, secrets } = describeIssuedAppSecret(issued);
  const old = secrets.length > 1 ? secrets[0] : undefined;
  const fields = formatFields([
    ['app', String(id)],
    ['client id', clientId],
    ...(old?.expiresAt ? [['old secret', `…${old.hint}, ${endOf(old.expiresAt)}`] as const] : []),
  ]);
  return `${clientSecret}\n\nThe secret is shown only this once: keep it now.\n\n${fields}`;
}
