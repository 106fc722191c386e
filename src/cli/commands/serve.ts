/** `optio serve`: runs the server until it is told to stop. */
import type { Command } from 'commander';
import { withConfig } from '../open-management.ts';
import { addSettings, examples } from '../options.ts';
import type { Run } from '../program.ts';

export function addServe(program: Command, run: Run): Command {
  const command = program
    .command('serve')
    .description(
      'Runs the server. It brings the database up to date first; where there is no account yet it makes one, and prints a token and a request to try.',
    )
    .addHelpText(
      'after',
      examples(
        ['optio serve', 'on http://127.0.0.1:8080, data in ./data/optio.db'],
        ['optio serve --port 0 --database-url sqlite::memory:', 'for a test: any free port, nothing is kept'],
        ['OPTIO_DATABASE_URL=postgres://optio@db/optio optio serve --host 0.0.0.0', 'on PostgreSQL, for the network'],
        ['OPTIO_DATABASE_URL=postgres://optio@db/optio optio serve --workers 4', 'four processes on one port'],
        ['optio serve --limits hubspot', "with HubSpot's rate limits, to try how a client takes them"],
      ),
    );
  addSettings(command);
  return command.action(run((shell, options) => withConfig(shell, options, shell.serve)));
}
