/** `optio verify`: checks that the ledger is what was written, and that the contacts' rows follow from it. */
import { type Command, Option } from 'commander';
import { managementOf } from '../../actions/manage-outcome.ts';
import { refOf } from '../../actions/subscriber-ref.ts';
import { verifyContact } from '../../actions/verify-contact.ts';
import { type Verdict, verifyLedger } from '../../actions/verify-ledger.ts';
import type { Address } from '../../domain/address.ts';
import type { Account } from '../../domain/catalog.ts';
import type { Store } from '../../storage/port.ts';
import { countOf } from '../count-of.ts';
import { describeBroken } from '../describe-broken.ts';
import { withAccountIn, withMigratedStore } from '../open-management.ts';
import { accountOption, addSettings, examples, jsonOption, parseContact } from '../options.ts';
import type { Run } from '../program.ts';
import { Progress } from '../progress.ts';
import { readPublishedCheckpoints } from '../published-checkpoints.ts';
import { type CommandResult, failed, misuse, type Shell } from '../shell.ts';
import { formatFields } from '../table.ts';

interface Options {
  readonly address?: Address;
  readonly account?: number;
  readonly full?: boolean;
  readonly checkpoints?: string;
}

/** How many broken things are named where nobody asks for all. */
const LISTED = 100;

export function addVerify(program: Command, run: Run): Command {
  const command = program
    .command('verify')
    .description(
      'Checks the whole ledger as it is at this moment: every event and its hash, every contact against its events, and every checkpoint against all events that it covers. Names each thing that does not hold; then the exit code is 1. Changes nothing, and may run beside servers.',
    )
    .addOption(
      new Option(
        '--address <address>',
        'check one contact alone, in a moment: its events, its row, and that the last checkpoint covers them',
      ).argParser(parseContact),
    )
    .addOption(accountOption())
    .option('--full', `name all that does not hold, not only the first ${LISTED}`)
    .addOption(
      new Option(
        '--checkpoints <file>',
        'checkpoints that were kept elsewhere, as "optio checkpoint list --json" printed them: the ledger must answer for those too',
      ),
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        ['optio verify', 'check everything'],
        ['optio verify --address ada@example.com', "check what is held against Ada's word"],
        [
          'optio verify --checkpoints /mnt/elsewhere/checkpoints.json',
          'also find what somebody rewrote who could sign checkpoints',
        ],
        ['optio verify --full --json > broken.json', 'everything that is wrong, for a program'],
      ),
    );
  addSettings(command, ['databaseUrl']);
  return command.action(
    run((shell, options: Options) =>
      withMigratedStore(shell, { ...options }, (store) => {
        const { address } = options;
        if (!address) return verifyAll(shell, store, options);
        if (options.checkpoints !== undefined) return Promise.resolve(misuse(NOT_FOR_ONE));
        return withAccountIn(managementOf(store), options.account, (account) => verifyOne(store, account, address));
      }),
    ),
  );
}

const NOT_FOR_ONE = '--checkpoints needs all events; leave --address out';

async function verifyAll(shell: Shell, store: Store, { checkpoints, full }: Options): Promise<CommandResult> {
  const published = await readPublishedCheckpoints(checkpoints);
  if (published.kind === 'failed') return published;
  const progress = new Progress(shell);
  const verdict = await store.audit((audit) =>
    verifyLedger(audit, {
      published: published.checkpoints,
      listed: full ? Number.POSITIVE_INFINITY : LISTED,
      told: (events, of) => progress.tell(of === null ? 'the order of events' : 'contacts', events, of),
    }),
  );
  progress.end();
  return conclude(verdict);
}

async function verifyOne(store: Store, account: Account, address: Address): Promise<CommandResult> {
  const verdict = await store.audit((audit) => verifyContact(store, audit, refOf(account.id, address)));
  return verdict ? conclude(verdict) : failed(`nothing is known of ${address.shown}`);
}

function conclude(verdict: Verdict): CommandResult {
  const { brokenCount, broken } = verdict;
  const data = { holds: brokenCount === 0, ...verdict };
  if (brokenCount === 0) return { kind: 'done', text: `${describeExtent(verdict)}\n\nAll of it holds.`, data };
  const more = brokenCount - broken.length;
  const lines = broken.map(describeBroken);
  if (more > 0) lines.push(`and ${more.toLocaleString('en')} more; --full names all`);
  const said = brokenCount === 1 ? 'one thing does' : `${brokenCount.toLocaleString('en')} things do`;
  const text = `${describeExtent(verdict)}\n\n${lines.join('\n')}`;
  return { kind: 'failed', messages: [`${said} not hold`], text, data };
}

function describeExtent({ contacts, events, checkpoints, sealedEvents }: Verdict): string {
  const sealed =
    checkpoints === 0
      ? 'none: what was dropped or rewritten as a whole is not found'
      : `${checkpoints.toLocaleString('en')}, over ${countOf(sealedEvents, 'event')}`;
  return formatFields([
    ['contacts', contacts.toLocaleString('en')],
    ['events', events.toLocaleString('en')],
    ['checkpoints', sealed],
  ]);
}
