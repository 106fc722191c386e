/** The page where a contact sees all that a brand sends, and chooses. */
import { html, type SafeHtml } from '@remix-run/html-template';
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
  undoForm,
} from './parts.ts';
import { speakerOf } from './texts.ts';
import type { Frame, Notice, SwitchOnPage, View } from './views.ts';

type PreferencesView = Extract<View, { page: 'preferences' }>;

export const drawPreferences: Draw<PreferencesView> = (view, frame) => {
  const body = html`${noticeBox(view.notice, frame)}${lead(view, frame)}
${view.switches.length > 0 ? choices(view, frame) : html`<p>${speakerOf(frame.language).say('preferences.none')}</p>`}
${view.isOptedOut ? null : everything(view, frame)}`;
  return plainDrawing(frame, 'preferences.title', body);
};

function lead({ address, switches, isOptedOut }: PreferencesView, frame: Frame): SafeHtml {
  const { say } = speakerOf(frame.language);
  const introduction = frame.look.texts[frame.language]?.introduction;
  const count = switches.filter(({ isOn }) => isOn).length;
  const now = switches.length > 0 ? html`<p>${say('preferences.now', { count })}</p>` : null;
  return html`${introduction === undefined ? null : html`<p class="own">${introduction}</p>`}
<p class="lead">${say('preferences.lead', { address: addressMark(address) })}</p>
${isOptedOut ? html`<p class="box warned">${say('preferences.opted-out', { brand: brandMark(frame) })}</p>` : now}`;
}

/** The page's script puts a number in the place of `#`. */
function choices({ switches, action }: PreferencesView, frame: Frame): SafeHtml {
  const { say, sayPlainly } = speakerOf(frame.language);
  const consent = consentOf(frame);
  const body = html`<fieldset><legend>${say('preferences.types')}</legend>
${switches.map((each) => switchRow(each, frame))}</fieldset>
${consentNote(consent.text)}
<p class="unsaved"><strong>${say('preferences.unsaved')}</strong> <span id="after" role="status" data-text="${sayPlainly('preferences.after', { count: '#', all: switches.length })}"></span></p>
${mainButton(say('preferences.save'))}`;
  return form(frame, { action, does: 'save', fields: [['consent', consent.version]], body });
}

function switchRow({ id, isOn, isUndecided, ...words }: SwitchOnPage, frame: Frame): SafeHtml {
  const { say } = speakerOf(frame.language);
  return choiceRow({
    id,
    ...words,
    remark: isUndecided ? say('preferences.undecided') : null,
    marks: html` role="switch"${isOn ? html` checked` : null}`,
    after: hidden(['shown', `${id}:${isOn ? 'on' : 'off'}`]),
  });
}

function everything({ action }: PreferencesView, frame: Frame): SafeHtml {
  const { say } = speakerOf(frame.language);
  const button = html`<button>${say('everything.button')}</button>`;
  return html`<section><h2>${say('everything.title')}</h2>
<p>${say('everything.text', { brand: brandMark(frame) })}</p>
${form(frame, { action, does: 'everything', body: button })}</section>`;
}

/** Gets the focus, so that it is read first. */
function noticeBox(notice: Notice | null, frame: Frame): SafeHtml | null {
  if (notice === null) return null;
  const undo = 'undo' in notice ? undoForm(frame, notice.undo) : null;
  const tone = notice.kind === 'consent-changed' ? 'warned' : 'told';
  return html`<div class="box ${tone}"><div role="status" id="notice" tabindex="-1" autofocus>${told(notice, frame)}</div>${undo}</div>`;
}

function told(notice: Notice, frame: Frame): SafeHtml {
  const { say, list } = speakerOf(frame.language);
  switch (notice.kind) {
    case 'saved': {
      const changed = (['started', 'stopped'] as const).filter((key) => notice[key].length > 0);
      return html`<p><strong>${say('notice.saved')}</strong></p>${changed.map(
        (key) => html`<p>${say(`notice.${key}`, { count: notice[key].length, names: list(notice[key]) })}</p>`,
      )}`;
    }
    case 'unsubscribed-from-everything':
      return html`<p><strong>${say('notice.everything')}</strong></p>`;
    case 'undone':
    case 'nothing-changed':
    case 'consent-changed':
      return html`<p>${say(`notice.${notice.kind}`)}</p>`;
  }
}
