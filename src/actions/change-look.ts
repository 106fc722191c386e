/** What an operator asks of a brand's look, held to its rules and put into the look that there is. */
import { parseAddress, parseDomain } from '../domain/address.ts';
import {
  BRAND_WORDS,
  type BrandLook,
  type BrandTexts,
  type FooterLink,
  type Logo,
  type LookChange,
  MAX_FOOTER_LINKS,
  MAX_LABEL_CHARACTERS,
  MAX_LOGO_OCTETS,
  MAX_URL_CHARACTERS,
  MAX_WORDS_CHARACTERS,
  PAGE_LANGUAGES,
  type PageLanguage,
  PLAIN_LOOK,
  type TextsChange,
  type WordsChange,
} from '../domain/brand-look.ts';
import { readLogo } from '../domain/logo.ts';
import { checkLines, checkName, firstProblem, invalid, tidy, tidyLines } from './manage-checks.ts';
import { done, type ManageOutcome, type ManageRefusal, refused } from './manage-outcome.ts';

/** What is sent for one trait becomes the trait's new value, or a refusal that names `field`. */
type Reader<Trait extends keyof BrandLook> = (
  sent: NonNullable<LookChange[Trait]>,
  field: string,
  before: BrandLook[Trait],
) => ManageOutcome<BrandLook[Trait]>;

const READERS: { readonly [Trait in keyof BrandLook]: Reader<Trait> } = {
  accentColor: readColor,
  bannerColor: readColor,
  logo: readSentLogo,
  languages: readLanguages,
  texts: mergeTexts,
  footerLinks: readFooterLinks,
  unsubscribeMailbox: readMailbox,
  listDomain: readListDomain,
};

/** The look after the change. `at` is where the change stood, for the names of fields. */
export function changeLook(before: BrandLook, change: LookChange, at = 'look'): ManageOutcome<BrandLook> {
  const after = { ...before };
  for (const trait of Object.keys(READERS) as (keyof BrandLook)[]) {
    const outcome = changeTrait(trait, before, change, at);
    if (outcome.kind === 'refused') return outcome;
    Object.assign(after, { [trait]: outcome.value });
  }
  return done(after);
}

function changeTrait<Trait extends keyof BrandLook>(
  trait: Trait,
  before: BrandLook,
  change: LookChange,
  at: string,
): ManageOutcome<BrandLook[Trait]> {
  const sent = change[trait];
  if (sent === undefined) return done(before[trait]);
  if (sent === null) return done(PLAIN_LOOK[trait]);
  return READERS[trait](sent as NonNullable<LookChange[Trait]>, `${at}.${trait}`, before[trait]);
}

function readColor(sent: string, field: string): ManageOutcome<string> {
  if (/^#[0-9a-f]{6}$/i.test(sent)) return done(sent.toLowerCase());
  return refused(invalid(field, 'must be a colour as #rrggbb, such as #1f6feb'));
}

/** Base64 as RFC 4648 section 4 has it, with its padding and nothing in between. */
function readSentLogo(sent: { mediaType?: string; base64: string }, field: string): ManageOutcome<Logo> {
  const octets = Buffer.from(sent.base64, 'base64');
  if (octets.toString('base64') !== sent.base64) {
    return refused(invalid(`${field}.base64`, 'must be a file in base64, with + and /, padding and no line breaks'));
  }
  if (octets.length > MAX_LOGO_OCTETS) {
    return refused(invalid(field, `must be a file of at most ${MAX_LOGO_OCTETS} octets, not ${octets.length}`));
  }
  const reading = readLogo(octets);
  if (reading.kind === 'refused') return refused(invalid(field, reading.problem));
  const { mediaType } = reading;
  if (sent.mediaType !== undefined && sent.mediaType !== mediaType) {
    return refused(invalid(`${field}.mediaType`, `must be ${mediaType}, which the file is, or be left out`));
  }
  return done({ mediaType, base64: sent.base64 });
}

function readLanguages(sent: readonly string[], field: string): ManageOutcome<readonly PageLanguage[]> {
  if (sent.length === 0) return refused(invalid(field, `must name at least one of ${PAGE_LANGUAGES.join(', ')}`));
  for (const [index, language] of sent.entries()) {
    const problem = checkPageLanguage(`${field}[${index}]`, language);
    if (problem) return refused(problem);
  }
  const repeated = sent.find((language, index) => sent.indexOf(language) !== index);
  if (repeated !== undefined)
    return refused(invalid(field, `must name each language once, and ${repeated} is there again`));
  return done(sent as readonly PageLanguage[]);
}

function checkPageLanguage(field: string, language: string): ManageRefusal | null {
  if ((PAGE_LANGUAGES as readonly string[]).includes(language)) return null;
  return invalid(field, `must be a language that Optio has texts in: ${PAGE_LANGUAGES.join(', ')}`);
}

/** What comes out is in the order of the languages and words, whatever order they were sent in. */
function mergeTexts(sent: TextsChange, field: string, before: BrandLook['texts']): ManageOutcome<BrandLook['texts']> {
  const problem = firstProblem(
    ...Object.keys(sent).map((language) => checkPageLanguage(`${field}.${language}`, language)),
  );
  if (problem) return refused(problem);
  const after: Partial<Record<PageLanguage, BrandTexts>> = {};
  for (const language of PAGE_LANGUAGES) {
    const change = sent[language];
    if (change === null) continue;
    const merged = mergeWords(change ?? {}, `${field}.${language}`, before[language] ?? {});
    if (merged.kind === 'refused') return merged;
    if (Object.keys(merged.value).length > 0) after[language] = merged.value;
  }
  return done(after);
}

function mergeWords(sent: WordsChange, field: string, before: BrandTexts): ManageOutcome<BrandTexts> {
  const stranger = Object.keys(sent).find((word) => !(BRAND_WORDS as readonly string[]).includes(word));
  if (stranger !== undefined) {
    return refused(invalid(`${field}.${stranger}`, `is not known: there are ${BRAND_WORDS.join(', ')}`));
  }
  const after: { -readonly [Word in keyof BrandTexts]: BrandTexts[Word] } = {};
  for (const word of BRAND_WORDS) {
    const text = sent[word] === undefined ? before[word] : sent[word];
    if (text === null || text === undefined) continue;
    const at = `${field}.${word}`;
    const problem = word === 'name' ? checkName(at, text) : checkLines(at, text, MAX_WORDS_CHARACTERS);
    if (problem) return refused(problem);
    after[word] = tidyLines(text);
  }
  return done(after);
}

function readFooterLinks(sent: readonly FooterLink[], field: string): ManageOutcome<readonly FooterLink[]> {
  if (sent.length > MAX_FOOTER_LINKS) {
    return refused(invalid(field, `must hold at most ${MAX_FOOTER_LINKS} links, not ${sent.length}`));
  }
  const links: FooterLink[] = [];
  for (const [index, { label, url }] of sent.entries()) {
    const at = `${field}[${index}]`;
    const problem = checkName(`${at}.label`, label, MAX_LABEL_CHARACTERS);
    if (problem) return refused(problem);
    const href = readLinkUrl(url);
    if (href === null) {
      return refused(
        invalid(
          `${at}.url`,
          `must be an https: URL without user and password, or mailto: and an address, of at most ${MAX_URL_CHARACTERS} characters`,
        ),
      );
    }
    links.push({ label: tidy(label), url: href });
  }
  return done(links);
}

/** The URL written out as browsers do, or null where it is none that a page may link to. */
function readLinkUrl(sent: string): string | null {
  const url = URL.parse(sent);
  if (url === null || url.href.length > MAX_URL_CHARACTERS) return null;
  if (url.protocol === 'https:') return url.username === '' && url.password === '' ? url.href : null;
  return url.protocol === 'mailto:' && isMailbox(url.pathname) ? url.href : null;
}

/** An address with the percent-encoding of RFC 6068. */
function isMailbox(encoded: string): boolean {
  try {
    return parseAddress(decodeURIComponent(encoded)) !== null;
  } catch {
    return false;
  }
}

/** Headers are ASCII, so the domain is kept in that form; what stands before it means what it means to its owner. */
function readMailbox(sent: string, field: string): ManageOutcome<string> {
  const address = parseAddress(sent);
  if (!address) return refused(invalid(field, 'must be an e-mail address such as leave@example.com'));
  const { written, normalised } = address;
  return done(written.slice(0, written.indexOf('@')) + normalised.slice(normalised.indexOf('@')));
}

function readListDomain(sent: string, field: string): ManageOutcome<string> {
  const domain = parseDomain(sent.trim());
  return domain === null ? refused(invalid(field, 'must be a domain name such as news.example.com')) : done(domain);
}
