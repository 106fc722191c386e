/** The message that asks a contact to confirm a sign-up: the same words as plain text and as HTML. */
import { html, type SafeHtml } from '@remix-run/html-template';
import { nameOf, wordsOf } from './brand.ts';
import { directionOf } from './languages.ts';
import { addressMark, brandMark, quoted } from './parts.ts';
import { mailSpeakerOf } from './texts.ts';
import { buttonColors } from './theme.ts';
import type { Frame, TypeOnPage } from './views.ts';

export interface ConfirmationMessage {
  readonly address: string;
  /** By brand where there are several; the frame's is the first. */
  readonly brands: readonly { readonly name: string; readonly types: readonly TypeOnPage[] }[];
  /** Of the page that confirms. */
  readonly url: string;
}

export interface DrawnMessage {
  /** One line. */
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const FONT = 'font:16px/1.5 system-ui,-apple-system,Segoe UI,Roboto,sans-serif';

export function drawConfirmationMessage(frame: Frame, message: ConfirmationMessage): DrawnMessage {
  const { sayPlainly } = mailSpeakerOf(frame.language);
  const subject = oneLine(sayPlainly('mail.subject', { brand: nameOf(frame) }));
  return { subject, text: drawText(frame, message), html: String(drawHtml(frame, message, subject)) };
}

function drawText(frame: Frame, { address, brands, url }: ConfirmationMessage): string {
  const { sayPlainly } = mailSpeakerOf(frame.language);
  const lists = brands.map(({ name, types }) => {
    const lines = types.map((type) => `- ${oneLine(type.name)}`);
    return [...(brands.length > 1 ? [`${oneLine(name)}:`] : []), ...lines].join('\n');
  });
  const imprint = wordsOf(frame.look, frame.language, 'imprint');
  return `${[
    oneLine(sayPlainly('mail.lead', { brand: nameOf(frame), address })),
    ...lists,
    sayPlainly('mail.confirm'),
    url,
    sayPlainly('mail.valid'),
    sayPlainly('mail.not-you'),
    ...(imprint ? [imprint.text] : []),
  ].join('\n\n')}\n`;
}

/** Styles stand in attributes: mail programs drop the rest. Nothing is fetched, and nothing tells that it was read. */
function drawHtml(frame: Frame, { address, brands, url }: ConfirmationMessage, subject: string): SafeHtml {
  const { say } = mailSpeakerOf(frame.language);
  const { fill, text, edge } = buttonColors(frame.look);
  const lists = brands.map(
    ({ name, types }) => html`${brands.length > 1 ? html`<p><strong>${quoted(name)}</strong></p>` : null}
<ul>${types.map((type) => html`<li>${typeOf(type)}</li>`)}</ul>`,
  );
  const imprint = wordsOf(frame.look, frame.language, 'imprint');
  return html`<!doctype html>
<html lang="${frame.language}" dir="${directionOf(frame.language)}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${subject}</title></head>
<body style="${FONT};margin:0;padding:24px"><main style="display:block;max-width:560px;margin:0 auto">
<h1 style="font-size:20px;margin:0 0 24px">${brandMark(frame)}</h1>
<p>${say('mail.lead', { brand: brandMark(frame), address: addressMark(address) })}</p>
${lists}
<p>${say('mail.confirm')}</p>
<p style="margin:28px 0"><a href="${url}" style="display:inline-block;padding:12px 24px;border:2px solid ${edge};border-radius:8px;background:${fill};color:${text};font-weight:600;text-decoration:none">${say('mail.button')}</a></p>
<p>${say('mail.valid')} ${say('mail.not-you')}</p>
<p style="font-size:14px">${say('mail.link')}<br><a href="${url}" dir="ltr" style="word-break:break-all">${url}</a></p>
${imprint && html`<p lang="${imprint.language}" dir="auto" style="font-size:14px;white-space:pre-line">${imprint.text}</p>`}
</main></body>
</html>
`;
}

function typeOf({ name, description }: TypeOnPage): SafeHtml {
  return html`<strong>${quoted(name)}</strong>${description === '' ? null : html`<br>${quoted(description)}`}`;
}

/** Text of others, which may hold line breaks, where one line is meant. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029\s]+/gu, ' ').trim();
}
