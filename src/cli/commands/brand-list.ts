/** `optio brand list`. */
import type { Command } from 'commander';
import { describeBrand } from '../../actions/describe-catalog.ts';
import { listBrands } from '../../actions/manage-brands.ts';
import { concludeWith, withAccount } from '../open-management.ts';
import { accountOption, addSettings, examples, jsonOption } from '../options.ts';
import type { Run } from '../program.ts';
import { formatTable } from '../table.ts';

export function addBrandList(family: Command, run: Run): void {
  const command = family
    .command('list')
    .summary('list the brands')
    .description("Lists an account's brands. Brand 0 is the account itself.")
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText('after', examples(['optio brand list', 'see the ids that businessUnitId may have']));
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, options: { readonly account?: number }) =>
      withAccount(shell, { ...options }, async (management, account) =>
        concludeWith(await listBrands(management, account.id), (found) => {
          const brands = found.map(describeBrand);
          const rows = brands.map(({ id, name, createdAt }) => [String(id), name, createdAt]);
          return { text: formatTable(['ID', 'NAME', 'CREATED'], rows), data: brands };
        }),
      ),
    ),
  );
}
