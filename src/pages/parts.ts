/** Pieces of markup that several pages have. */
import { html, type SafeHtml } from '@remix-run/html-template';
import type { PageLanguage } from '../domain/brand-look.ts';
import { nameOf } from './brand.ts';
import { speakerOf, type TextKey } from './texts.ts';
import type { Frame, HiddenFields, TypeOnPage, Undo } from './views.ts';

/** What a page says: its title as plain text, and what stands in its middle, headline included. */
export interface Drawing {
  readonly title: string;
  readonly body: SafeHtml;
  /** What the contact came for has happened. */
  readonly isDone?: boolean;
  /** The page that the browser goes on to by itself. */
  readonly leadsTo?: string;
}

/** Draws one kind of view. */
export type Draw<View> = (view: View, frame: Frame) => Drawing;

/** Text of others within a sentence, whatever its direction. */
export function quoted(text: string): SafeHtml {
  return html`<bdi>${text}</bdi>`;
}

/** An address within a sentence; translators of browsers leave it alone. */
export function addressMark(address: string): SafeHtml {
  return html`<bdi class="address" translate="no">${address}</bdi>`;
}

export function brandMark(frame: Frame): SafeHtml {
  return quoted(nameOf(frame));
}

/** What a form does and where: the fields that every form has, and then its own. */
export interface FormParts {
  readonly action: string;
  readonly does:
    | ('save' | 'everything' | 'undo' | 'unsubscribe' | 'confirm' | 'sign-up')
    | ('sign-in' | 'sign-out' | 'approve' | 'refuse');
  readonly fields?: HiddenFields;
  /** By which a button outside of it can name it. */
  readonly id?: string;
  readonly body?: SafeHtml;
}

/** `autocomplete` is off, or browsers put back switches of an earlier visit as if they were saved. */
export function form({ language }: Frame, { action, does, fields = [], id, body }: FormParts): SafeHtml {
  const all: HiddenFields = [['lang', language], ['do', does], ...fields];
  return html`<form method="post" action="${action}" class="${does}"${id && html` id="${id}"`} autocomplete="off">${all.map(hidden)}${body}</form>`;
}

export function hidden([name, value]: HiddenFields[number]): SafeHtml {
  return html`<input type="hidden" name="${name}" value="${value}">`;
}

/** The one thing to do on a page. */
export function mainButton(label: SafeHtml): SafeHtml {
  return html`<button class="main">${label}</button>`;
}

export function undoForm(frame: Frame, undo: Undo | null): SafeHtml | null {
  if (undo === null) return null;
  const agreement = undo.consentText && consentNote(undo.consentText);
  const body = html`${agreement}<button>${speakerOf(frame.language).say('undo')}</button>`;
  return form(frame, { action: undo.action, does: 'undo', fields: undo.fields, body });
}

/** Types to read, not to choose from. */
export function typeList(types: readonly TypeOnPage[]): SafeHtml {
  return html`<ul class="types">${types.map(
    ({ name, description }) => html`<li><strong>${name}</strong>${description && html`<p>${description}</p>`}</li>`,
  )}</ul>`;
}

/** Something that can be chosen, such as a type of mail. */
export interface Choice extends Omit<TypeOnPage, 'id' | 'name'> {
  /** What is posted. */
  readonly id: number | string;
  readonly name: string | SafeHtml;
  /** The field that posts it; `type` where no other is named. */
  readonly field?: string;
  /** A checkbox where nothing else is named. */
  readonly kind?: 'checkbox' | 'radio';
  /** What else is said of it. */
  readonly remark?: SafeHtml | null;
  /** Further attributes of its box. */
  readonly marks?: SafeHtml | null;
  /** Further fields that go with it. */
  readonly after?: SafeHtml;
}

/** A box to tick, with its words; wherever the row is touched, the box is. */
export function choiceRow(choice: Choice): SafeHtml {
  const { id, field = 'type', kind = 'checkbox', name, description, remark = null, marks, after } = choice;
  const isDescribed = description !== '' || remark !== null;
  const words = html`<p id="d${id}">${description}${description && remark && html`<br>`}${remark}</p>`;
  const described = html` aria-describedby="d${id}"`;
  return html`<div><label>${name}<input type="${kind}" name="${field}" value="${id}"${marks}${isDescribed ? described : null}></label>${isDescribed ? words : null}${after}</div>`;
}

/** The text that is agreed to by the button after it. */
export function consentNote(text: string): SafeHtml {
  return html`<p class="consent">${text}</p>`;
}

/** The same page in a language. */
export function inLanguage(path: string, language: PageLanguage): string {
  return `${path}${path.includes('?') ? '&' : '?'}lang=${language}`;
}

/** The way to the page that could not be shown. */
export function tryAgain({ language, languagePath }: Frame): SafeHtml | null {
  if (languagePath === null) return null;
  const words = speakerOf(language).say('trouble.again');
  return html`<p class="next"><a href="${inLanguage(languagePath, language)}">${words}</a></p>`;
}

/** A page without choices: headline and paragraphs. */
export function plainDrawing(frame: Frame, title: TextKey, rest: SafeHtml): Drawing {
  const speaker = speakerOf(frame.language);
  return {
    title: speaker.sayPlainly(title, { brand: nameOf(frame) }),
    body: html`<h1>${speaker.say(title, { brand: brandMark(frame) })}</h1>${rest}`,
  };
}
