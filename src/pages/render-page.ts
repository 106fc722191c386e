/** Draws the pages that people see: one whole HTML document a view, and the policy that it may be shown under. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { html, type SafeHtml } from '@remix-run/html-template';
import type { BrandLook } from '../domain/brand-look.ts';
import { nameOf, wordsOf } from './brand.ts';
import { directionOf, NATIVE_NAMES } from './languages.ts';
import { drawOperatorPage } from './operator-pages.ts';
import { type Drawing, inLanguage } from './parts.ts';
import { drawPreferences } from './preferences-page.ts';
import { drawBadLink, drawTrouble } from './problem-pages.ts';
import { drawCheckInbox, drawConfirm, drawConfirmed, drawSignUp } from './sign-up-pages.ts';
import { speakerOf } from './texts.ts';
import { themeOf } from './theme.ts';
import { drawUnsubscribe, drawUnsubscribed } from './unsubscribe-pages.ts';
import type { Frame, RenderedPage, View } from './views.ts';

const STYLE = compactly('page.css');
const OPERATOR_STYLE = compactly('operator.css');
const SCRIPT = compactly('page.js');
const SCRIPT_HASH = hashOf(SCRIPT);
const GLOBE = html.raw`<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 2a10 10 0 1 0 0 20 10 10 0 1 0 0-20c-3 3-4 6-4 10s1 7 4 10c3-3 4-6 4-10s-1-7-4-10M2 12h20"/></svg>`;

/** The same page for the same frame and view, whoever asks and whenever. */
export function renderPage(frame: Frame, view: View): RenderedPage {
  const { style, policy } = dressOf(frame);
  const drawing = draw(frame, view);
  const page = html`<!doctype html>
<html lang="${frame.language}" dir="${directionOf(frame.language)}">
<head>
<meta charset="utf-8">
<title>${titleOf(drawing, nameOf(frame))}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex,nofollow">
<meta name="referrer" content="${referrerOf(frame)}">
${drawing.leadsTo === undefined ? null : html`<meta http-equiv="refresh" content="0; url=${drawing.leadsTo}">`}
<link rel="icon" href="data:,">
${html.raw`<style>${style}</style>`}
</head>
<body>
${header(frame)}
<main>
${drawing.isDone ? html`<p class="check" aria-hidden="true">✓</p>` : null}${drawing.body}
</main>
${footer(frame)}
${html.raw`<script>${SCRIPT}</script>`}
</body>
</html>
`;
  return { html: String(page), policy, referrer: referrerOf(frame) };
}

/** Without a referrer, browsers do not say either which site a form comes from. */
function referrerOf({ isForOperators }: Frame): RenderedPage['referrer'] {
  return isForOperators ? 'same-origin' : 'no-referrer';
}

/** Names the brand, unless the title does already or nobody knows it. */
function titleOf({ title }: Drawing, brand: string): string {
  return title.includes(brand) ? title : `${title} – ${brand}`;
}

function draw(frame: Frame, view: View): Drawing {
  switch (view.page) {
    case 'preferences':
      return drawPreferences(view, frame);
    case 'unsubscribe':
      return drawUnsubscribe(view, frame);
    case 'unsubscribed':
      return drawUnsubscribed(view, frame);
    case 'confirm':
      return drawConfirm(view, frame);
    case 'confirmed':
      return drawConfirmed(view, frame);
    case 'sign-up':
      return drawSignUp(view, frame);
    case 'check-inbox':
      return drawCheckInbox(view, frame);
    case 'bad-link':
      return drawBadLink(view, frame);
    case 'trouble':
      return drawTrouble(view, frame);
    default:
      return drawOperatorPage(view, frame);
  }
}

/** The strip with logo and name, and the way to other languages; nothing where there is neither. */
function header(frame: Frame): SafeHtml | null {
  const { logo, bannerColor } = frame.look;
  const name = nameOf(frame);
  const languages = languageLinks(frame);
  if (name === '' && logo === null && languages === null) return null;
  const picture = logo && html`<img src="data:${logo.mediaType};base64,${logo.base64}" alt="">`;
  return html`<header${bannerColor === null ? null : html` class="banner"`}><div>
<p class="brand">${picture}<span>${name}</span></p>${languages}
</div></header>`;
}

function languageLinks({ language, languagePath, look }: Frame): SafeHtml | null {
  if (languagePath === null || look.languages.length < 2) return null;
  const label = speakerOf(language).say('language');
  const others = look.languages.filter((each) => each !== language);
  return html`<nav aria-label="${label}"><details><summary>${GLOBE}<span class="unseen">${label}: </span>${NATIVE_NAMES[language]}</summary>
<ul>${others.map(
    (each) =>
      html`<li><a href="${inLanguage(languagePath, each)}" hreflang="${each}" lang="${each}">${NATIVE_NAMES[each]}</a></li>`,
  )}</ul></details></nav>`;
}

/** What the operator says at the foot; links lead to `https:` and `mailto:` only. */
function footer({ look, language }: Frame): SafeHtml | null {
  const own = (['footer', 'imprint'] as const).map((key) => {
    const words = wordsOf(look, language, key);
    return words && html`<p lang="${words.language}">${words.text}</p>`;
  });
  const links = look.footerLinks.filter(({ url }) => /^(?:https|mailto):/i.test(url));
  const list = html`<ul>${links.map(({ label, url }) => html`<li><a href="${url}" rel="noreferrer">${label}</a></li>`)}</ul>`;
  if (links.length === 0 && own.every((part) => part === null)) return null;
  return html`<footer>${own}${links.length > 0 ? list : null}</footer>`;
}

const dresses = new WeakMap<BrandLook, Dress>();
const operatorDresses = new WeakMap<BrandLook, Dress>();

/** What is worn by all pages of a look: its style sheet, and the policy that lets it through. */
interface Dress {
  readonly style: string;
  readonly policy: string;
}

function dressOf({ look, isForOperators }: Frame): Dress {
  const kept = isForOperators ? operatorDresses : dresses;
  const known = kept.get(look);
  if (known) return known;
  const style = themeOf(look) + STYLE + (isForOperators ? OPERATOR_STYLE : '');
  const dress = { style, policy: policyFor(style) };
  kept.set(look, dress);
  return dress;
}

/** Nothing but this very style and script, pictures within the page, and forms to where it came from. */
function policyFor(style: string): string {
  return [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    `script-src ${SCRIPT_HASH}`,
    'img-src data:',
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** A file beside this one, without comments, indentation, and whatever else of a style sheet means nothing. */
function compactly(file: string): string {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '');
  const lines = text.replaceAll(/\s*\n\s*/g, '\n').trim();
  if (!file.endsWith('.css')) return lines;
  return lines.replaceAll(/\s*([{},;])\s*/g, '$1').replaceAll(/;(?=\})| (?=>)|(?<=[:>]) |\b0(?=\.)/g, '');
}
