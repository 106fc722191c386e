/** Signing up and confirming it: from the form to the last "thank you". */
import { html, type SafeHtml } from '@remix-run/html-template';
import { nameOf } from './brand.ts';
import { consentOf } from './consent.ts';
import {
  addressMark,
  brandMark,
  choiceRow,
  consentNote,
  type Draw,
  form,
  hidden,
  mainButton,
  plainDrawing,
  typeList,
} from './parts.ts';
import { speakerOf } from './texts.ts';
import type { Frame, View } from './views.ts';

type SignUpView = Extract<View, { page: 'sign-up' }>;

export const drawSignUp: Draw<SignUpView> = (view, frame) => {
  const { say, sayPlainly } = speakerOf(frame.language);
  if (view.types.length === 0) return plainDrawing(frame, 'sign-up.title', html`<p>${say('sign-up.none')}</p>`);
  const consent = consentOf(frame);
  const body = html`${emailField(view, frame)}${typeFields(view, frame)}
${consentNote(consent.text)}
${mainButton(say('sign-up.button'))}
<p class="note">${say('sign-up.then')}</p>`;
  const fields = [['consent', consent.version]] as const;
  const drawing = plainDrawing(
    frame,
    'sign-up.title',
    form(frame, { action: view.action, does: 'sign-up', fields, body }),
  );
  return view.refused ? { ...drawing, title: `${sayPlainly('sign-up.error')}: ${drawing.title}` } : drawing;
};

function emailField({ refused }: SignUpView, frame: Frame): SafeHtml {
  const { say } = speakerOf(frame.language);
  const isWrong = refused?.why === 'address';
  const wrong = html`<p class="wrong" id="wrong">${say('sign-up.wrong-address')}</p>`;
  const marks = html` aria-invalid="true" aria-describedby="wrong" autofocus`;
  return html`<p class="field"><label for="email">${say('sign-up.email')}</label>
<input type="email" name="email" id="email" value="${refused?.email ?? ''}" autocomplete="email" required maxlength="254" dir="ltr"${isWrong ? marks : null}></p>
${isWrong ? wrong : null}`;
}

/** Boxes that nobody ticked beforehand; where there is one type only, signing up says enough. */
function typeFields({ types, refused }: SignUpView, frame: Frame): SafeHtml {
  const { say } = speakerOf(frame.language);
  const legend = say('sign-up.types', { count: types.length });
  if (types.length === 1) {
    return html`<h2>${legend}</h2>${typeList(types)}${hidden(['type', String(types[0]!.id)])}`;
  }
  const isWrong = refused?.why === 'no-type';
  const wrong = html`<p class="wrong" id="wrong" tabindex="-1" autofocus>${say('sign-up.no-type')}</p>`;
  return html`<fieldset${isWrong ? html` aria-describedby="wrong"` : null}><legend>${legend}</legend>${isWrong ? wrong : null}
${types.map((type) => choiceRow({ ...type, marks: refused?.ticked?.includes(type.id) ? html` checked` : null }))}</fieldset>`;
}

export const drawCheckInbox: Draw<Extract<View, { page: 'check-inbox' }>> = ({ address }, frame) => {
  const { say } = speakerOf(frame.language);
  return plainDrawing(
    frame,
    'check-inbox.title',
    html`<p class="lead">${say('check-inbox.text', { brand: brandMark(frame), address: addressMark(address) })}</p>
<p>${say('check-inbox.nothing')}</p>`,
  );
};

export const drawConfirm: Draw<Extract<View, { page: 'confirm' }>> = (view, frame) => {
  const { say } = speakerOf(frame.language);
  const count = view.brands.reduce((sum, { types }) => sum + types.length, 0);
  const lists = view.brands.map(({ name, types }) => html`<section><h2>${name}</h2>${typeList(types)}</section>`);
  const onlyOwn = view.brands.length === 1 && view.brands[0]!.name === nameOf(frame);
  const body = html`${consentNote(view.consentText)}${mainButton(say('confirm.button'))}`;
  return plainDrawing(
    frame,
    'confirm.title',
    html`<p class="lead">${say('confirm.lead', { count, address: addressMark(view.address) })}</p>
${onlyOwn ? typeList(view.brands[0]!.types) : lists}
${form(frame, { action: view.action, does: 'confirm', fields: view.fields, body })}
<p class="note">${say('confirm.not-you')}</p>`,
  );
};

export const drawConfirmed: Draw<Extract<View, { page: 'confirmed' }>> = ({ address, types, manageUrl }, frame) => {
  const { say } = speakerOf(frame.language);
  const drawing = plainDrawing(
    frame,
    'confirmed.title',
    html`<p class="lead">${say('confirmed.text', { count: types.length, address: addressMark(address) })}</p>
${typeList(types)}
<p class="next"><a href="${manageUrl}">${say('confirmed.manage')}</a></p>`,
  );
  return { ...drawing, isDone: true };
};
