/** `optio brand show`. */
import type { Command } from 'commander';
import { describeBrand } from '../../actions/describe-catalog.ts';
import { findBrand } from '../../actions/manage-brands.ts';
import type { BrandLook, Logo } from '../../domain/brand-look.ts';
import { concludeWith, withAccount } from '../open-management.ts';
import { accountOption, addSettings, examples, jsonOption, parseId } from '../options.ts';
import type { Run } from '../program.ts';
import { formatFields } from '../table.ts';

const MAX_SHOWN = 80;

export function addBrandShow(family: Command, run: Run): void {
  const command = family
    .command('show')
    .summary('show a brand, and how it looks')
    .description('Shows a brand, and how it shows itself to its contacts. Long texts are shown in full with --json.')
    .argument('<brand-id>', 'its id as "optio brand list" shows it', parseId)
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText('after', examples(['optio brand show 0', "the account's own brand"]));
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, id: number, options: { readonly account?: number }) =>
      withAccount(shell, { ...options }, async (management, account) =>
        concludeWith(await findBrand(management, account.id, id), (found) => {
          const brand = describeBrand(found);
          const fields = [['id', String(brand.id)], ['name', brand.name], ...fieldsOf(found.look)] as const;
          const instants = [
            ['created', brand.createdAt],
            ['updated', brand.updatedAt],
          ] as const;
          return { text: formatFields([...fields, ...instants]), data: brand };
        }),
      ),
    ),
  );
}

/** As the options of `optio brand update` are called. */
function fieldsOf(look: BrandLook): (readonly [string, string])[] {
  const texts = Object.entries(look.texts).flatMap(([language, words]) =>
    Object.entries(words).map(([word, text]) => [`text ${language}.${word}`, shorten(text)] as const),
  );
  const links = look.footerLinks.map(({ label, url }) => ['footer link', `${label} (${url})`] as const);
  return [
    ['accent color', look.accentColor ?? 'none'],
    ['banner color', look.bannerColor ?? 'none'],
    ['logo', look.logo ? describeLogo(look.logo) : 'none'],
    ['languages', look.languages.join(', ')],
    ...texts,
    ...links,
    ['unsubscribe mailbox', look.unsubscribeMailbox ?? 'none'],
    ['list domain', look.listDomain ?? 'none'],
  ];
}

function describeLogo({ mediaType, base64 }: Logo): string {
  return `${mediaType}, ${Buffer.byteLength(base64, 'base64')} octets`;
}

function shorten(text: string): string {
  const characters = [...text];
  return characters.length <= MAX_SHOWN ? text : `${characters.slice(0, MAX_SHOWN).join('')}…`;
}
