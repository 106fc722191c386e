/** `optio operator set-up-totp`: a second factor, as an authenticator app takes it. */
import type { Command } from 'commander';
import { describeOperatorWithTotp } from '../../actions/describe-catalog.ts';
import { type OperatorWithTotp, setUpTotp } from '../../actions/manage-operators.ts';
import { concludeWith, withManagement } from '../open-management.ts';
import { emailArgument } from '../operator-options.ts';
import { addSettings, examples, jsonOption } from '../options.ts';
import type { Run } from '../program.ts';
import { formatFields } from '../table.ts';

type Options = Readonly<Record<string, unknown>>;

export function addOperatorSetUpTotp(family: Command, run: Run): void {
  const command = family
    .command('set-up-totp')
    .summary('give an operator a second factor')
    .description(
      'Makes the key of a second factor (TOTP, RFC 6238) and shows it, once, for an authenticator app. From then on the operator signs in with a code as well. It takes the place of an earlier key. Whoever is signed in as the operator is signed out.',
    )
    .addArgument(emailArgument())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        ['optio operator set-up-totp ana@example.com', 'Ana scans the code that is drawn'],
        ['optio operator set-up-totp ana@example.com --json | jq -r .uri', 'for a program that draws it'],
      ),
    );
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, email: string, options: Options) =>
      withManagement(shell, options, async (management) => {
        const { renderUnicodeCompact } = await import('uqr');
        const draw = (uri: string) => renderUnicodeCompact(uri, { border: 2 });
        return concludeWith(await setUpTotp(management, email), (made) => ({
          text: describeForPeople(made, draw),
          data: describeOperatorWithTotp(made),
        }));
      }),
    ),
  );
}

function describeForPeople({ operator, key, uri }: OperatorWithTotp, draw: (uri: string) => string): string {
  const fields = formatFields([
    ['key', key.replace(/.{4}(?=.)/g, '$& ')],
    ['URI', uri],
  ]);
  return `${draw(uri)}

Scan this with an authenticator app, or type the key in. It is shown only this once.

${fields}

${operator.email} signs in with a code from now on, and is signed out everywhere.`;
}
