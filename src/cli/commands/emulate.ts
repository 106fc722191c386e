/** `optio emulate`: stands in for HubSpot while other programs are tested. */
import { type Command, Option } from 'commander';
import { withConfig } from '../open-management.ts';
import { addSettings, examples } from '../options.ts';
import type { Run } from '../program.ts';

export function addEmulate(program: Command, run: Run): Command {
  const command = program
    .command('emulate')
    .description(
      'Runs a stand-in for HubSpot, to test other programs against: in memory, with a token and ids that are the same every time, and with faults on demand. Between tests it is reset over /optio/v1/emulator.',
    )
    .addOption(new Option('--seed <file>', 'what there is at the start, as JSON; else one account, three definitions'))
    .addOption(new Option('--now <instant>', "where the clock stands still; else it runs with this machine's"))
    .addOption(new Option('--latency <time>', 'how long requests take, such as 50ms or 20ms-80ms'))
    .addOption(
      new Option(
        '--fail <list>',
        'which share of requests fails and how, such as 429:0.05,500:0.01; cut breaks the connection off, lost does so once the request was carried out',
      ),
    )
    .addHelpText(
      'after',
      examples(
        ['optio emulate', 'on http://127.0.0.1:8080'],
        ['optio emulate --seed test/seed.json --now 2026-01-01T00:00:00Z', 'with data of your own, on New Year 2026'],
        ['optio emulate --latency 50ms --fail 429:0.05,lost:0.01', 'on a bad day'],
        ['curl -X POST http://127.0.0.1:8080/optio/v1/emulator/reset', 'begin again, between two tests'],
      ),
    );
  addSettings(command, ['host', 'port', 'limits', 'maxBatchInputs', 'logLevel']);
  return command.action(
    run((shell, options) => withConfig(shell, options, (config) => shell.emulate(config, options))),
  );
}
