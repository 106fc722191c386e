/** `optio operator sign-out`: ends an operator's sessions. */
import type { Command } from 'commander';
import { signOutEverywhere } from '../../actions/manage-operators.ts';
import { concludeWith, withManagement } from '../open-management.ts';
import { emailArgument } from '../operator-options.ts';
import { addSettings, examples, jsonOption } from '../options.ts';
import type { Run } from '../program.ts';

export function addOperatorSignOut(family: Command, run: Run): void {
  const command = family
    .command('sign-out')
    .summary('sign an operator out everywhere')
    .description(
      'Ends all sessions of an operator, at their next request. They can sign in again; "set-password" or "delete" prevents that. Apps that they installed stay.',
    )
    .addArgument(emailArgument())
    .addOption(jsonOption())
    .addHelpText('after', examples(['optio operator sign-out ana@example.com', 'Ana left a browser open somewhere']));
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, email: string, options: Readonly<Record<string, unknown>>) =>
      withManagement(shell, options, async (management) =>
        concludeWith(await signOutEverywhere(management, email), ({ operator, ended }) => ({
          text: `${operator.email} is signed out everywhere (${describeSessions(ended)}).`,
          data: { email: operator.email, sessionsEnded: ended },
        })),
      ),
    ),
  );
}

function describeSessions(count: number): string {
  if (count === 0) return 'there was no session';
  return count === 1 ? 'one session ended' : `${count} sessions ended`;
}
