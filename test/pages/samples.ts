/** Every state of every page, as a brand of medium size would have it. */
import { type BrandLook, type BrandTexts, type PageLanguage, PLAIN_LOOK } from '../../src/domain/brand-look.ts';
import type { Frame, SwitchOnPage, TypeOnPage, Undo, View } from '../../src/pages/views.ts';

const ADDRESS = 'ada.lovelace@example.com';
const ACTION = '/p/zk3vTq8';
const UNDO: Undo = { action: ACTION, fields: [['undo', 'q7Rk2']], consentText: 'I agree to get it again.' };

/** What the sample brand sends, in the languages that pictures are made in. */
const TYPES: Partial<Record<PageLanguage, readonly (readonly [name: string, description: string])[]>> = {
  en: [
    ['Roastery letter', 'New coffees and the people who grow them, once a month.'],
    ['Offers', 'When something costs less, at most twice a month.'],
    ['Events near you', 'Tastings and courses in our shops.'],
    ['Product recalls', ''],
  ],
  de: [
    ['Röstereibrief', 'Neue Kaffees und die Menschen, die sie anbauen, einmal im Monat.'],
    ['Angebote', 'Wenn etwas weniger kostet, höchstens zweimal im Monat.'],
    ['Veranstaltungsbenachrichtigungen', 'Verkostungen und Kurse in unseren Läden.'],
    ['Rückrufe', ''],
  ],
  ja: [
    ['焙煎所だより', '新しいコーヒーと生産者の話を月に一度お届けします。'],
    ['お得な情報', 'セールのお知らせ。多くても月に二回です。'],
    ['お近くのイベント', '店舗での試飲会や講座のご案内。'],
    ['製品の回収', ''],
  ],
  ar: [
    ['رسالة المحمصة', 'أنواع جديدة من القهوة ومن يزرعونها، مرة في الشهر.'],
    ['العروض', 'عندما ينخفض سعر شيء ما، مرتين في الشهر على الأكثر.'],
    ['فعاليات قريبة منكم', 'جلسات تذوق ودورات في متاجرنا.'],
    ['سحب المنتجات', ''],
  ],
};

export function typesIn(language: PageLanguage): TypeOnPage[] {
  return (TYPES[language] ?? TYPES.en!).map(([name, description], index) => ({ id: 501 + index, name, description }));
}

function switchesIn(language: PageLanguage): SwitchOnPage[] {
  return typesIn(language).map((type, index) => ({ ...type, isOn: index % 3 === 0, isUndecided: index === 2 }));
}

const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><circle cx="24" cy="24" r="24" fill="#f6c453"/><path d="M10 20h24v6a11 11 0 0 1-11 11h-2A11 11 0 0 1 10 26zm24 2h3a4 4 0 0 1 0 9h-4" fill="none" stroke="#3b2416" stroke-width="3"/><path d="M17 8v7M23 6v9M29 8v7" stroke="#3b2416" stroke-width="3" stroke-linecap="round"/></svg>`;

/** All that an operator can set. */
export const BRAND_LOOK: BrandLook = {
  ...PLAIN_LOOK,
  accentColor: '#8a3b12',
  bannerColor: '#3b2416',
  logo: { mediaType: 'image/svg+xml', base64: Buffer.from(LOGO).toString('base64') },
  texts: Object.fromEntries<BrandTexts>([
    ['en', { footer: 'You get our e-mails because you asked for them.' }],
    ['de', { imprint: 'Kaffeerösterei Morgenrot GmbH\nAm Hafen 3, 20457 Hamburg' }],
  ]),
  footerLinks: [
    { label: 'Privacy', url: 'https://example.com/privacy' },
    { label: 'Contact', url: 'mailto:hello@example.com' },
  ],
};

/** With all that a brand may set, or with nothing set. */
export function frameIn(language: PageLanguage, look: BrandLook = BRAND_LOOK): Frame {
  return { brandName: 'Morgenrot Coffee', look, language, languagePath: ACTION };
}

/** By a name for each. */
export function viewsIn(language: PageLanguage): Record<string, View> {
  const types = typesIn(language);
  const [first, second] = types.map(({ name }) => name) as [string, string];
  const switches = switchesIn(language);
  const off = switches.map((each) => ({ ...each, isOn: false, isUndecided: false }));
  const manageUrl = `${ACTION}?manage`;
  const preferences = { page: 'preferences', address: ADDRESS, switches, isOptedOut: false, action: ACTION } as const;
  return {
    preferences: { ...preferences, notice: null },
    'preferences-saved': {
      ...preferences,
      notice: { kind: 'saved', started: [first], stopped: [second, types[2]!.name], undo: UNDO },
    },
    'preferences-unsubscribed': {
      ...preferences,
      switches: off,
      isOptedOut: true,
      notice: { kind: 'unsubscribed-from-everything', undo: UNDO },
    },
    'preferences-opted-out': { ...preferences, switches: off, isOptedOut: true, notice: null },
    'preferences-undone': { ...preferences, notice: { kind: 'undone' } },
    'preferences-unchanged': { ...preferences, notice: { kind: 'nothing-changed' } },
    'preferences-consent-changed': { ...preferences, notice: { kind: 'consent-changed' } },
    'preferences-empty': { ...preferences, switches: [], notice: null },
    'preferences-many': { ...preferences, switches: manySwitches(switches), notice: null },
    unsubscribe: { page: 'unsubscribe', address: ADDRESS, what: { kind: 'type', name: first }, action: ACTION },
    'unsubscribe-everything': { page: 'unsubscribe', address: ADDRESS, what: { kind: 'everything' }, action: ACTION },
    unsubscribed: {
      page: 'unsubscribed',
      address: ADDRESS,
      what: { kind: 'type', name: first },
      manageUrl,
      undo: UNDO,
    },
    'unsubscribed-everything': {
      page: 'unsubscribed',
      address: ADDRESS,
      what: { kind: 'everything' },
      manageUrl,
      undo: null,
    },
    confirm: {
      page: 'confirm',
      address: ADDRESS,
      brands: [{ name: 'Morgenrot Coffee', types: types.slice(0, 2) }],
      consentText: 'I agree that Morgenrot Coffee sends me these e-mails.',
      fields: [['request', 'b81f']],
      action: ACTION,
    },
    'confirm-brands': {
      page: 'confirm',
      address: ADDRESS,
      brands: [
        { name: 'Morgenrot Coffee', types: types.slice(0, 1) },
        { name: 'Abendrot Tea', types: types.slice(1, 3) },
      ],
      consentText: 'I agree that Morgenrot Coffee and Abendrot Tea send me these e-mails.',
      fields: [],
      action: ACTION,
    },
    confirmed: { page: 'confirmed', address: ADDRESS, types: types.slice(0, 2), manageUrl },
    'sign-up': { page: 'sign-up', types, refused: null, action: '/sign-up' },
    'sign-up-one': { page: 'sign-up', types: types.slice(0, 1), refused: null, action: '/sign-up' },
    'sign-up-none': { page: 'sign-up', types: [], refused: null, action: '/sign-up' },
    'sign-up-address': { page: 'sign-up', types, refused: { email: 'ada@', why: 'address' }, action: '/sign-up' },
    'sign-up-no-type': { page: 'sign-up', types, refused: { email: ADDRESS, why: 'no-type' }, action: '/sign-up' },
    'check-inbox': { page: 'check-inbox', address: ADDRESS },
    'bad-link-unknown': { page: 'bad-link', why: 'unknown' },
    'bad-link-expired': { page: 'bad-link', why: 'expired' },
    'bad-link-revoked': { page: 'bad-link', why: 'revoked' },
    'bad-link-used': { page: 'bad-link', why: 'used' },
    trouble: { page: 'trouble' },
  };
}

/** Thirty, among them names that are as long as names may be. */
function manySwitches(switches: readonly SwitchOnPage[]): SwitchOnPage[] {
  return Array.from({ length: 30 }, (_, index) => {
    const like = switches[index % switches.length]!;
    const name =
      index === 1 ? `${like.name} `.repeat(40).slice(0, 200) : index === 5 ? 'Wochenend'.repeat(22) : like.name;
    return { ...like, id: 601 + index, name };
  });
}
