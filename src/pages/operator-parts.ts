/** Pieces of markup that several pages for operators have. */
import { html, type SafeHtml } from '@remix-run/html-template';
import type { Scope } from '../domain/access.ts';
import type { SignedIn } from './operator-views.ts';
import { addressMark, type Drawing, form, quoted } from './parts.ts';
import { type OperatorTextKey, operatorSpeakerOf } from './texts.ts';
import type { Frame } from './views.ts';

/** A page with its headline, in which `names` are texts of others. */
export function titled(
  { language }: Frame,
  title: OperatorTextKey,
  rest: SafeHtml,
  names: Readonly<Record<string, string>> = {},
): Drawing {
  const { say, sayPlainly } = operatorSpeakerOf(language);
  const marked = Object.fromEntries(Object.entries(names).map(([name, text]) => [name, quoted(text)]));
  return { title: sayPlainly(title, names), body: html`<h1>${say(title, marked)}</h1>${rest}` };
}

/** Something that programs read as it stands: an id, a code. */
export function code(text: string | number): SafeHtml {
  return html`<code dir="ltr" translate="no">${text}</code>`;
}

/** The name of a scope; a line may break after its dots. */
export function scopeMark(scope: Scope): SafeHtml {
  const [first, ...more] = scope.split('.');
  return html`<code dir="ltr" translate="no">${first}${more.map((part) => html`.<wbr>${part}`)}</code>`;
}

export function signedInAs({ email }: SignedIn, { language }: Frame): SafeHtml {
  return operatorSpeakerOf(language).say('signed-in.text', { email: addressMark(email) });
}

export function signOutForm({ signOut }: SignedIn, frame: Frame): SafeHtml {
  const body = html`<button>${operatorSpeakerOf(frame.language).say('sign-out')}</button>`;
  return form(frame, { ...signOut, does: 'sign-out', body });
}

/** The foot of a page that is for this operator alone. */
export function signedInSection(signedIn: SignedIn, frame: Frame): SafeHtml {
  return html`<section><p>${signedInAs(signedIn, frame)}</p>${signOutForm(signedIn, frame)}</section>`;
}
