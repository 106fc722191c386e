/**
 * How a brand shows itself to its contacts: on the pages behind its links and in the messages that Optio sends for it.
 * All of it is set by the operator, and all texts are plain text: nothing in them is ever read as markup.
 */

/** The languages that Optio brings texts in, by their BCP 47 tags. The first is the one where no other is named. */
export const PAGE_LANGUAGES = ['en', 'de', 'fr', 'es', 'pt', 'it', 'nl', 'ja', 'ar'] as const;
export type PageLanguage = (typeof PAGE_LANGUAGES)[number];

/** A brand's own words in one language; what is absent is said in Optio's. Line breaks are kept. */
export interface BrandTexts {
  /** What the brand is called in this language. */
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
  /** `https:` or `mailto:`. */
  readonly url: string;
}

/** A picture that is part of the page itself, so that nothing is fetched from elsewhere. */
export interface Logo {
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/webp' | 'image/gif' | 'image/svg+xml';
  /** The file, at most `MAX_LOGO_OCTETS` octets, in base64. */
  readonly base64: string;
}

export const MAX_LOGO_OCTETS = 8_192;

export interface BrandLook {
  /** Of buttons, switches and links, as `#rrggbb`; the pages see to it that it can be read. */
  readonly accentColor: string | null;
  /** Of the strip behind logo and name, as `#rrggbb`, the same by day and by night. */
  readonly bannerColor: string | null;
  readonly logo: Logo | null;
  /** The languages offered, at least one; the first is the default. */
  readonly languages: readonly PageLanguage[];
  readonly texts: Readonly<Partial<Record<PageLanguage, BrandTexts>>>;
  readonly footerLinks: readonly FooterLink[];
  /** A mailbox that takes unsubscribe messages, for `List-Unsubscribe`. */
  readonly unsubscribeMailbox: string | null;
  /** The domain that ends the `List-Id` of the brand's mailings (RFC 2919). */
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

export function lookOf(unit: object): BrandLook {
  return (unit as { look?: BrandLook }).look ?? PLAIN_LOOK;
}
