/** `optio brand create`. */
import type { Command } from 'commander';
import { describeBrand } from '../../actions/describe-catalog.ts';
import { createBrand } from '../../actions/manage-brands.ts';
import { concludeWith, withAccount } from '../open-management.ts';
import { accountOption, addSettings, examples, jsonOption, nameOption, newIdOption } from '../options.ts';
import type { Run } from '../program.ts';

interface Options {
  readonly account?: number;
  readonly name: string;
  readonly id?: number;
}

export function addBrandCreate(family: Command, run: Run): void {
  const command = family
    .command('create')
    .summary('create a brand')
    .description('Creates a brand. Definitions are given to it when they are created.')
    .addOption(nameOption('brand').makeOptionMandatory())
    .addOption(newIdOption('brand'))
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(['optio brand create --name "Acme Outdoor"', 'then: optio definition create --brand ID …']),
    );
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, options: Options) =>
      withAccount(shell, { ...options }, async (management, account) =>
        concludeWith(await createBrand(management, account.id, options), (brand) => ({
          text: `Brand ${brand.id} created.`,
          data: describeBrand(brand),
        })),
      ),
    ),
  );
}
