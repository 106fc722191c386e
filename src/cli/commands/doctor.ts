/** `optio doctor`: checks what a server needs, says of each thing whether it is right, and what to do where not. */
import type { Command } from 'commander';
import { readConfig } from '../../config/read-config.ts';
import { examine } from '../examine.ts';
import { addSettings, examples, jsonOption, settingFlags } from '../options.ts';
import type { Run } from '../program.ts';
import { formatTable } from '../table.ts';

export function addDoctor(program: Command, run: Run): Command {
  const command = program
    .command('doctor')
    .description(
      'Checks the settings, the database, its durability, its migrations, that somebody can use the API, and that trusted issuers answer. Changes nothing. A problem makes the exit code 1.',
    )
    .addOption(jsonOption())
    .addHelpText('after', examples(['optio doctor', 'with the settings a server would have here']));
  addSettings(command);
  return command.action(
    run(async (shell, options: Readonly<Record<string, unknown>>) => {
      const findings = await examine(shell, readConfig(shell.environment, settingFlags(options)));
      const problems = findings.filter((finding) => finding.state === 'problem');
      const rows = findings.map(({ state, check, says, advice }) => [
        state,
        check,
        advice ? `${says}: ${advice}` : says,
      ]);
      const text = formatTable(['STATE', 'CHECK', 'FINDING'], rows);
      if (problems.length === 0) return { kind: 'done', text, data: findings };
      const count = problems.length === 1 ? 'one problem was' : `${problems.length} problems were`;
      return { kind: 'failed', messages: [`${count} found`], text, data: findings };
    }),
  );
}
