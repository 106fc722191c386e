/**
 * How a brand shows itself to its contacts: on the pages behind its links and in the messages that Optio sends for it.
 * All of it is set by the operator, and all texts are plain text: nothing in them is ever read as markup.
 */

/** The languages that Optio brings texts in, by their BCP 47 tags. The first is the one where no other is named. */
export const PAGE_LANGUAGES = ['en', 'de', 'fr', 'es', 'pt', 'it', 'nl', 'ja', 'ar'] as const;
export type PageLanguage = (typeof PAGE_LANGUAGES)[number];

/** The words that a brand may have of its own, in the order in which they are shown. */
export const BRAND_WORDS = ['name', 'introduction', 'consent', 'footer', 'imprint'] as const;
export type BrandWord = (typeof BRAND_WORDS)[number];

export const MAX_WORDS_CHARACTERS = 4_000;

/** A brand's own words in one language; what is absent is said in Optio's. Line breaks are kept, as `\n`. */
export interface BrandTexts extends Readonly<Partial<Record<BrandWord, string>>> {
  /** What the brand is called in this language; one line. */
  readonly name?: string;
  /** Stands at the top of the preference page. */
  readonly introduction?: string;
  /** What a contact agrees to by switching a type on. It is stored, as it was shown, as the evidence of consent. */
  readonly consent?: string;
  readonly footer?: string;
  /** Who is responsible: name, postal address and so on. */
  readonly imprint?: string;
}

/** A link at the foot of a page, such as a privacy policy. */
export interface FooterLink {
  readonly label: string;
  /** `https:` or `mailto:`, as the WHATWG URL standard writes it out. */
  readonly url: string;
}

export const MAX_FOOTER_LINKS = 8;
export const MAX_LABEL_CHARACTERS = 80;
export const MAX_URL_CHARACTERS = 2_000;

export const LOGO_MEDIA_TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/svg+xml'] as const;
export type LogoMediaType = (typeof LOGO_MEDIA_TYPES)[number];

/** A picture that is part of the page itself, so that nothing is fetched from elsewhere. */
export interface Logo {
  readonly mediaType: LogoMediaType;
  /** The file, at most `MAX_LOGO_OCTETS` octets, in base64. */
  readonly base64: string;
}

export const MAX_LOGO_OCTETS = 8_192;

export interface BrandLook {
  /** Of buttons, switches and links, as `#rrggbb` in lower case; the pages see to it that it can be read. */
  readonly accentColor: string | null;
  /** Of the strip behind logo and name, as `#rrggbb`, the same by day and by night. */
  readonly bannerColor: string | null;
  readonly logo: Logo | null;
  /** The languages offered, at least one; the first is the default. */
  readonly languages: readonly PageLanguage[];
  readonly texts: Readonly<Partial<Record<PageLanguage, BrandTexts>>>;
  readonly footerLinks: readonly FooterLink[];
  /** A mailbox that takes unsubscribe messages, for `List-Unsubscribe`; its domain in its ASCII form. */
  readonly unsubscribeMailbox: string | null;
  /** The domain that ends the `List-Id` of the brand's mailings (RFC 2919), in its ASCII form. */
  readonly listDomain: string | null;
}

/** Of a brand about which nobody said anything. */
export const PLAIN_LOOK: BrandLook = {
  accentColor: null,
  bannerColor: null,
  logo: null,
  languages: PAGE_LANGUAGES,
  texts: {},
  footerLinks: [],
  unsubscribeMailbox: null,
  listDomain: null,
};

const TRAITS = Object.keys(PLAIN_LOOK) as readonly (keyof BrandLook)[];

/** What a look has of its own: the traits in which it is not plain. */
export function traitsOf(look: BrandLook): Partial<BrandLook> {
  const own = TRAITS.filter((trait) => JSON.stringify(look[trait]) !== JSON.stringify(PLAIN_LOOK[trait]));
  return Object.fromEntries(own.map((trait) => [trait, look[trait]]));
}

/**
 * What an operator asks of a look: a trait that is left out stays as it is, null resets it. Texts are given one by one,
 * where null takes one, or all of a language, away; every other trait is replaced whole.
 */
export interface LookChange {
  readonly accentColor?: string | null | undefined;
  readonly bannerColor?: string | null | undefined;
  /** The media type is told by the file itself; where it is given too, it must be the same. */
  readonly logo?: { readonly mediaType?: string | undefined; readonly base64: string } | null | undefined;
  readonly languages?: readonly string[] | null | undefined;
  readonly texts?: TextsChange | null | undefined;
  readonly footerLinks?: readonly FooterLink[] | null | undefined;
  readonly unsubscribeMailbox?: string | null | undefined;
  readonly listDomain?: string | null | undefined;
}

/** By language, then by word. */
export type TextsChange = Readonly<Record<string, WordsChange | null | undefined>>;
export type WordsChange = { readonly [Word in BrandWord]?: string | null | undefined };
