/** `optio brand update`: renames a brand, or changes how it shows itself to its contacts. */
import { type Command, Option } from 'commander';
import { describeBrand } from '../../actions/describe-catalog.ts';
import { updateBrand } from '../../actions/manage-brands.ts';
import { BRAND_WORDS, MAX_LOGO_OCTETS, PAGE_LANGUAGES } from '../../domain/brand-look.ts';
import { asksNothing, collect, type LookOptions, nameByOption, readColor, readLookOptions } from '../look-options.ts';
import { concludeWith, withAccount } from '../open-management.ts';
import { accountOption, addSettings, examples, jsonOption, nameOption, parseId } from '../options.ts';
import type { Run } from '../program.ts';
import { misuse } from '../shell.ts';

interface Options extends LookOptions {
  readonly account?: number;
  readonly name?: string;
}

export function addBrandUpdate(family: Command, run: Run): void {
  const command = family
    .command('update')
    .summary('rename a brand, or change how it looks')
    .description(
      'Changes what is given and leaves the rest: the name, and how the brand shows itself to its contacts on pages and in messages. "none" takes away what was set, and a text is taken away by an empty one.',
    )
    .argument('<brand-id>', 'its id as "optio brand list" shows it', parseId)
    .addOption(nameOption('brand'))
    .addOption(new Option('--accent-color <rrggbb>', 'the colour of buttons, switches and links').argParser(readColor))
    .addOption(
      new Option('--banner-color <rrggbb>', 'the colour of the strip behind logo and name').argParser(readColor),
    )
    .addOption(new Option('--logo <file>', `a PNG, JPEG, WebP, GIF or SVG file of at most ${MAX_LOGO_OCTETS} octets`))
    .addOption(
      new Option(
        '--languages <list>',
        `the languages of the pages, the default first, such as de,en; all means ${PAGE_LANGUAGES.join(',')}`,
      ),
    )
    .addOption(
      new Option(
        '--text <language.word=text>',
        `words of the brand's own in place of Optio's: ${BRAND_WORDS.join(', ')}; @FILE reads them from a file; may be repeated`,
      ).argParser(collect),
    )
    .addOption(
      new Option(
        '--footer-link <label=url>',
        'a link at the foot of pages; may be repeated; replaces all there were',
      ).argParser(collect),
    )
    .addOption(
      new Option('--unsubscribe-mailbox <address>', 'where unsubscribe messages go, for the header List-Unsubscribe'),
    )
    .addOption(new Option('--list-domain <domain>', "the end of the header List-Id in the brand's mailings"))
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        ['optio brand update 0 --accent-color 1f6feb --logo logo.svg', "the account's own brand"],
        ['optio brand update 12 --languages de,en --text de.name=Draußen --text de.imprint=@imprint.txt', 'in German'],
        ['optio brand update 12 --footer-link "Privacy=https://example.com/privacy"', 'a link at the foot'],
        ['optio brand update 12 --text de.imprint= --logo none', 'take something away again'],
      ),
    );
  addSettings(command, ['databaseUrl']);
  command.action(
    run(async (shell, id: number, options: Options) => {
      const read = await readLookOptions(options);
      if (read.kind !== 'read') return read;
      const look = read.value;
      if (options.name === undefined && asksNothing(look)) {
        return misuse('nothing to change; see optio brand update --help');
      }
      return withAccount(shell, { ...options }, async (management, account) => {
        const outcome = await updateBrand(management, account.id, id, { name: options.name, look });
        return concludeWith(nameByOption(outcome), (brand) => ({
          text: `Brand ${brand.id} is changed; optio brand show ${brand.id} shows it.`,
          data: describeBrand(brand),
        }));
      });
    }),
  );
}
