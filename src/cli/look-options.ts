/** What the options of `optio brand update` ask of a brand's look. */
import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { InvalidArgumentError } from 'commander';
import type { ManageOutcome } from '../actions/manage-outcome.ts';
import type { FooterLink, LookChange, TextsChange } from '../domain/brand-look.ts';
import { type CommandResult, failed, misuse } from './shell.ts';

/** As they were written. */
export interface LookOptions {
  readonly accentColor?: string;
  readonly bannerColor?: string;
  readonly logo?: string;
  readonly languages?: string;
  readonly text?: readonly string[];
  readonly footerLink?: readonly string[];
  readonly unsubscribeMailbox?: string;
  readonly listDomain?: string;
}

type Read<Value> = { readonly kind: 'read'; readonly value: Value } | CommandResult;

/** Reads the files that the options name. What is missing or not understood is what the command ends with. */
export async function readLookOptions(options: LookOptions): Promise<Read<LookChange>> {
  const logo = await readLogoFile(options.logo);
  if (logo.kind !== 'read') return logo;
  const texts = await readTexts(options.text);
  if (texts.kind !== 'read') return texts;
  const footerLinks = readFooterLinks(options.footerLink);
  if (footerLinks.kind !== 'read') return footerLinks;
  const look: LookChange = {
    accentColor: unlessNone(options.accentColor),
    bannerColor: unlessNone(options.bannerColor),
    logo: logo.value,
    languages: readLanguages(options.languages),
    texts: texts.value,
    footerLinks: footerLinks.value,
    unsubscribeMailbox: unlessNone(options.unsubscribeMailbox),
    listDomain: unlessNone(options.listDomain),
  };
  return read(look);
}

export function asksNothing(look: LookChange): boolean {
  return Object.values(look).every((trait) => trait === undefined);
}

/** A shell takes an unquoted # for a comment, so it may be left out. */
export function readColor(text: string): string {
  if (text === 'none') return text;
  if (!/^#?[0-9a-f]{6}$/i.test(text)) {
    throw new InvalidArgumentError('It must be a colour of six hexadecimal digits such as 1f6feb, or none.');
  }
  return text.startsWith('#') ? text : `#${text}`;
}

/** Of an option that may be repeated. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

function unlessNone(text: string | undefined): string | null | undefined {
  return text === 'none' ? null : text;
}

function readLanguages(list: string | undefined): readonly string[] | null | undefined {
  if (list === undefined) return undefined;
  return list === 'all' ? null : list.split(',').map((language) => language.trim());
}

async function readLogoFile(path: string | undefined): Promise<Read<LookChange['logo']>> {
  if (path === undefined) return read(undefined);
  if (path === 'none') return read(null);
  const file = await readNamedFile(path, 'logo');
  return file.kind === 'read' ? read({ base64: file.value.toString('base64') }) : file;
}

/** `de.footer=Text` says what the text is, `de.footer=@FILE` where it is, and `de.footer=` that there shall be none. */
async function readTexts(given: readonly string[] | undefined): Promise<Read<TextsChange | undefined>> {
  if (given === undefined) return read(undefined);
  const texts: Record<string, Record<string, string | null>> = {};
  for (const each of given) {
    const [, language, word, said] = /^([^.=]+)\.([^.=]+)=(.*)$/s.exec(each) ?? [];
    if (language === undefined || word === undefined || said === undefined) {
      return misuse(`--text is ${JSON.stringify(each)}, but must be LANGUAGE.WORD=TEXT, such as de.footer=Danke`);
    }
    const text = said.startsWith('@') ? await readTextFile(said.slice(1)) : read(said);
    if (text.kind !== 'read') return text;
    texts[language] = { ...texts[language], [word]: text.value === '' ? null : text.value };
  }
  return read(texts);
}

/** White space around it, such as the line break at its end, is none of the text. */
async function readTextFile(path: string): Promise<Read<string>> {
  const file = await readNamedFile(path, 'text');
  if (file.kind !== 'read') return file;
  if (!isUtf8(file.value)) return failed(`the text ${path} is not in UTF-8`);
  const text = file.value.toString('utf8').trim();
  return text === '' ? failed(`the text ${path} is empty; LANGUAGE.WORD= takes a text away`) : read(text);
}

function readFooterLinks(given: readonly string[] | undefined): Read<readonly FooterLink[] | null | undefined> {
  if (given === undefined) return read(undefined);
  if (given.length === 1 && given[0] === 'none') return read(null);
  const links: FooterLink[] = [];
  for (const each of given) {
    const [, label, url] = /^([^=]+)=(.+)$/s.exec(each) ?? [];
    if (label === undefined || url === undefined) {
      const example = 'such as "Privacy=https://example.com/privacy"';
      return misuse(`--footer-link is ${JSON.stringify(each)}, but must be LABEL=URL, ${example}, or none`);
    }
    links.push({ label, url });
  }
  return read(links);
}

async function readNamedFile(path: string, what: string): Promise<Read<Buffer>> {
  try {
    return read(await readFile(path));
  } catch (error) {
    return failed(`the ${what} ${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function read<Value>(value: Value): Read<Value> {
  return { kind: 'read', value };
}

/** Who wrote options knows no fields: a refusal names the option instead. */
export function nameByOption<Value>(outcome: ManageOutcome<Value>): ManageOutcome<Value> {
  if (outcome.kind === 'done' || outcome.refusal.code !== 'invalid') return outcome;
  return { kind: 'refused', refusal: { ...outcome.refusal, field: optionOf(outcome.refusal.field) } };
}

/** `look.texts.de.footer` → `--text de.footer`; `look.footerLinks[1].url` → `the url of --footer-link no. 2`. */
function optionOf(field: string): string {
  const [, trait, rest = ''] = /^look\.(\w+)(.*)$/.exec(field) ?? [];
  if (trait === undefined) return `--${field}`;
  if (trait === 'texts') return `--text ${rest.slice(1)}`;
  const [, index, part] = /^\[(\d+)\](?:\.(\w+))?$/.exec(rest) ?? [];
  if (trait === 'footerLinks') return part ? `the ${part} of --footer-link no. ${Number(index) + 1}` : '--footer-link';
  if (trait === 'languages') return index ? `no. ${Number(index) + 1} of --languages` : '--languages';
  return `--${trait.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
