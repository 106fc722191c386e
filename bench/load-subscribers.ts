/** A tool of its own: fills an empty database with as many subscribers as are asked for, each with a true ledger. */
import { Command, InvalidArgumentError } from 'commander';
import { MAX_TYPES, TOKEN } from './population.ts';
import { loadSubscribers } from './subscribers/load.ts';

function wholeNumber(atMost: number) {
  return (text: string): number => {
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(number >= 1 && number <= atMost)) {
      throw new InvalidArgumentError(`It must be a whole number from 1 to ${atMost.toLocaleString('en')}.`);
    }
    return number;
  };
}

await new Command('node bench/load-subscribers.ts')
  .description(
    'Fills an empty database with subscribers as if they had been written through the API: every change decided, every event in its hash chain. For measurements and trials, not for real data.',
  )
  .requiredOption('--database-url <url>', 'sqlite:PATH of a new file, or postgres://… of an empty database')
  .option('--contacts <number>', 'how many', wholeNumber(100_000_000), 1_000_000)
  .option('--types <number>', 'types of mail that each has a status of', wholeNumber(MAX_TYPES), 1)
  .helpOption('--help', 'shows this')
  .addHelpText(
    'after',
    `
Contact n is contact-n@example.com, n from 0. The account's token is ${TOKEN}.

Example:
  node bench/load-subscribers.ts --database-url sqlite:data/trial.db --contacts 10000000
  OPTIO_DATABASE_URL=sqlite:data/trial.db npm start`,
  )
  .action(load)
  .parseAsync();

async function load(options: { databaseUrl: string; contacts: number; types: number }): Promise<void> {
  const { databaseUrl, contacts, types } = options;
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1e3;
  let toldAt = 0;
  try {
    await loadSubscribers([databaseUrl], { contacts, typesEach: types }, (loaded) => {
      if (seconds() - toldAt < 2) return;
      toldAt = seconds();
      process.stderr.write(`${Math.floor((loaded / contacts) * 100)} %\n`);
    });
    process.stdout.write(`${contacts.toLocaleString('en')} subscribers in ${seconds().toFixed(1)} s\n`);
  } catch (error) {
    process.stderr.write(`load-subscribers: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}
