/** `optio evidence`: one file that shows what a contact may be sent and why, and proves it. */
import { type Command, Option } from 'commander';
import { checkpointKey } from '../../actions/checkpoints.ts';
import { type GatheredEvidence, gatherEvidence } from '../../actions/gather-evidence.ts';
import { sealingOf } from '../../actions/seal-ledger.ts';
import type { Address } from '../../domain/address.ts';
import type { SigningKey } from '../../domain/checkpoint.ts';
import { sealPackage } from '../../domain/evidence-package.ts';
import { evidenceReport } from '../evidence-report.ts';
import { loadCatalog, withAccount } from '../open-management.ts';
import { accountOption, addSettings, examples, parseContact } from '../options.ts';
import type { Run } from '../program.ts';
import { failed } from '../shell.ts';
import { writeNewFile } from '../write-new-file.ts';

interface Options {
  readonly account?: number;
  readonly out: string;
}

export function addEvidence(program: Command, run: Run): Command {
  const command = program
    .command('evidence')
    .description(
      'Writes one signed page about a contact that shows what holds, everything that was said with the texts and the evidence kept, and the proofs: to read, print and hand over, and to be checked without Optio and without a network. Seals the ledger first, so that all of it is proven. Of an erased contact it shows what is left. Nothing is written for an address of which nothing was ever said.',
    )
    .argument('<address>', "the contact's e-mail address", parseContact)
    .addOption(
      new Option('--out <file>', 'the page, which must not be there yet; for your eyes only').makeOptionMandatory(),
    )
    .addOption(accountOption())
    .addHelpText(
      'after',
      examples(
        ['optio evidence ada@example.com --out ada.html', 'why did you mail me on 3 March?'],
        ['python3 docs/verify-evidence.py ada.html', 'what whoever receives it does'],
      ),
    );
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, address: Address, { out, ...options }: Options) =>
      withAccount(shell, options, async ({ store }, account) => {
        const sealing = sealingOf(store);
        const outcome = await gatherEvidence({ ...sealing, store }, await loadCatalog(store, account), address);
        if (outcome.kind === 'unknown') {
          return failed(
            `nobody ever said anything about ${address.shown} in account ${account.id}: there is nothing to show`,
          );
        }
        if (outcome.kind === 'broken') {
          return failed(
            'the ledger is not what its checkpoints sealed, and nothing is proven by it; run: optio verify',
          );
        }
        const { evidence } = outcome;
        const written = await writeNewFile(out, await draw(evidence, await checkpointKey(store, sealing.randomness)));
        return written ?? { kind: 'done', text: describeForPeople(out, evidence) };
      }),
    ),
  );
  return command;
}

async function draw(evidence: GatheredEvidence, key: SigningKey): Promise<string> {
  const { renderOpenReport } = await import('../../pages/report.ts');
  return sealPackage(renderOpenReport(evidenceReport(evidence, key.publicKey)), evidence, key);
}

function describeForPeople(out: string, { ledger, proofs }: GatheredEvidence): string {
  const what = ledger.length === 1 ? 'one change' : `${ledger.length} changes`;
  const unsealed = ledger.length - proofs.length;
  if (unsealed > 0) return `${out} shows ${what}, ${unsealed} of them not sealed yet. Make it again in a while.`;
  return `${out} shows ${what}, sealed and signed.`;
}
