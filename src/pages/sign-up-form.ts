/** The form to sign up with, for a page of the operator's own: markup alone, which works and looks like that page does. */
import { html, type SafeHtml } from '@remix-run/html-template';
import type { BrandLook } from '../domain/brand-look.ts';
import type { SubscriptionDefinition } from '../domain/catalog.ts';
import { chooseLanguage, directionOf, typeInLanguage } from './languages.ts';
import { hidden } from './parts.ts';
import { speakerOf } from './texts.ts';
import type { TypeOnPage } from './views.ts';

/** As many spaces as the lines in `drawSignUpForm` are indented by. */
const INDENT = '  ';

export interface SignUpForm {
  /** Where it is posted to. */
  readonly url: string;
  readonly look: BrandLook;
  /** BCP 47; null for the brand's own. */
  readonly language: string | null;
  readonly definitions: readonly SubscriptionDefinition[];
}

/** What the contact agrees to is the operator's to say beside it. */
export function drawSignUpForm(form: SignUpForm): string {
  const language = chooseLanguage({ linked: form.language, look: form.look });
  const types = form.definitions.map((definition) => typeInLanguage(definition, language));
  const { say } = speakerOf(language);
  const lines = [
    hidden(['do', 'sign-up']),
    hidden(['lang', language]),
    html`<p><label>${say('sign-up.email')} <input type="email" name="email" autocomplete="email" required maxlength="254" dir="ltr"></label></p>`,
    ...choice(types, say('sign-up.types', { count: types.length })),
    html`<p>${say('sign-up.then')}</p>`,
    html`<p><button>${say('sign-up.button')}</button></p>`,
  ];
  const body = lines.map((line) => html`${INDENT}${line}\n`);
  return String(
    html`<form method="post" action="${form.url}" lang="${language}" dir="${directionOf(language)}" accept-charset="utf-8">\n${body}</form>`,
  );
}

/** Boxes that nobody ticked beforehand; where there is one type only, signing up says enough. */
function choice(types: readonly TypeOnPage[], legend: SafeHtml): SafeHtml[] {
  const [only, ...more] = types;
  if (only && more.length === 0) {
    return [hidden(['type', String(only.id)]), html`<p>${legend}: <bdi>${only.name}</bdi></p>`];
  }
  const boxes = types.map(
    ({ id, name }) =>
      html`${INDENT}<p><label><input type="checkbox" name="type" value="${id}"> <bdi>${name}</bdi></label></p>`,
  );
  return [html`<fieldset>`, html`${INDENT}<legend>${legend}</legend>`, ...boxes, html`</fieldset>`];
}
