/** A brand's look, as it is answered and as it is sent. Seeds of the emulator hold it as it is sent. */
import { MAX_NAME_CHARACTERS } from '../../actions/manage-checks.ts';
import {
  LOGO_MEDIA_TYPES,
  MAX_FOOTER_LINKS,
  MAX_LABEL_CHARACTERS,
  MAX_LOGO_OCTETS,
  MAX_URL_CHARACTERS,
  MAX_WORDS_CHARACTERS,
  PAGE_LANGUAGES,
  type PageLanguage,
} from '../../domain/brand-look.ts';
import { TEXT } from '../query-types.ts';

const COLOR = { type: ['string', 'null'] } as const;
const ACCENT = { ...COLOR, description: "Of buttons, switches and links, as #rrggbb; null: Optio's own." } as const;
const BANNER = { ...COLOR, description: 'Of the strip behind logo and name, as #rrggbb; null: none.' } as const;
const LANGUAGES = { type: 'array', items: { type: 'string', enum: PAGE_LANGUAGES } } as const;
const MAILBOX = {
  type: ['string', 'null'],
  description: 'A mailbox for unsubscribe messages, for List-Unsubscribe.',
} as const;
const LIST_DOMAIN = {
  type: ['string', 'null'],
  description: "The domain that ends the List-Id of the brand's mailings.",
} as const;

function orNull<const Schema, const Traits extends object>(schema: Schema, traits: Traits) {
  return { anyOf: [schema, { type: 'null' }], ...traits } as const;
}

/** The same schema for each of the languages. */
function byLanguage<const Schema>(schema: Schema) {
  const properties = Object.fromEntries(PAGE_LANGUAGES.map((language) => [language, schema]));
  return properties as { readonly [Language in PageLanguage]: Schema };
}

const WORD = { type: 'string' } as const;

const WORDS = {
  title: 'BrandTexts',
  type: 'object',
  additionalProperties: false,
  properties: { name: WORD, introduction: WORD, consent: WORD, footer: WORD, imprint: WORD },
} as const;

const LOGO = {
  title: 'BrandLogo',
  type: 'object',
  additionalProperties: false,
  required: ['mediaType', 'base64'],
  properties: { mediaType: { type: 'string', enum: LOGO_MEDIA_TYPES }, base64: { type: 'string' } },
} as const;

const FOOTER_LINK = {
  title: 'FooterLink',
  type: 'object',
  additionalProperties: false,
  required: ['label', 'url'],
  properties: { label: { type: 'string' }, url: { type: 'string' } },
} as const;

/** As answers hold it. */
export const LOOK = {
  title: 'BrandLook',
  type: 'object',
  additionalProperties: false,
  required: [
    'accentColor',
    'bannerColor',
    'logo',
    'languages',
    'texts',
    'footerLinks',
    'unsubscribeMailbox',
    'listDomain',
  ],
  properties: {
    accentColor: ACCENT,
    bannerColor: BANNER,
    logo: orNull(LOGO, {}),
    languages: { ...LANGUAGES, description: 'The languages offered; the first is the default.' },
    texts: {
      type: 'object',
      additionalProperties: false,
      properties: byLanguage(WORDS),
      description: "The brand's own words by language; what is absent is said in Optio's.",
    },
    footerLinks: { type: 'array', items: FOOTER_LINK },
    unsubscribeMailbox: MAILBOX,
    listDomain: LIST_DOMAIN,
  },
} as const;

const WORD_SENT = { ...TEXT, type: ['string', 'null'], maxLength: MAX_WORDS_CHARACTERS } as const;

const WORDS_SENT = {
  title: 'BrandTextsInput',
  type: 'object',
  additionalProperties: false,
  properties: {
    name: { ...WORD_SENT, maxLength: MAX_NAME_CHARACTERS, description: 'What the brand is called in this language.' },
    introduction: { ...WORD_SENT, description: 'Stands at the top of the preference page.' },
    consent: { ...WORD_SENT, description: 'What a contact agrees to by switching a type on; kept as evidence.' },
    footer: WORD_SENT,
    imprint: { ...WORD_SENT, description: 'Who is responsible: name, postal address and so on.' },
  },
} as const;

const LOGO_SENT = {
  ...LOGO,
  title: 'BrandLogoInput',
  required: ['base64'],
  properties: {
    mediaType: { type: 'string', enum: LOGO_MEDIA_TYPES, description: 'Told by the file itself by default.' },
    base64: { ...TEXT, description: `The file, at most ${MAX_LOGO_OCTETS} octets, in base64.` },
  },
} as const;

const FOOTER_LINK_SENT = {
  ...FOOTER_LINK,
  title: 'FooterLinkInput',
  properties: {
    label: { ...TEXT, maxLength: MAX_LABEL_CHARACTERS },
    url: { ...TEXT, maxLength: MAX_URL_CHARACTERS, description: 'https: or mailto:' },
  },
} as const;

/** As requests hold it: what is left out stays as it is, and null resets it. */
export const LOOK_SENT = {
  title: 'BrandLookInput',
  type: 'object',
  additionalProperties: false,
  properties: {
    accentColor: { ...TEXT, ...ACCENT },
    bannerColor: { ...TEXT, ...BANNER },
    logo: orNull(LOGO_SENT, { description: 'Null: none.' }),
    languages: orNull(
      { ...LANGUAGES, minItems: 1 },
      { description: 'The languages offered, the default first; null: all.' },
    ),
    texts: orNull(
      { type: 'object', additionalProperties: false, properties: byLanguage(orNull(WORDS_SENT, {})) },
      { description: "The brand's own words by language, one by one; null takes one, or a language, away." },
    ),
    footerLinks: orNull(
      { type: 'array', maxItems: MAX_FOOTER_LINKS, items: FOOTER_LINK_SENT },
      { description: 'All of them, such as to a privacy policy; null: none.' },
    ),
    unsubscribeMailbox: { ...TEXT, ...MAILBOX },
    listDomain: { ...TEXT, ...LIST_DOMAIN },
  },
} as const;
