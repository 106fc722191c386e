/** The page where a contact sees all that a brand sends, and chooses. */
import { html, type SafeHtml } from '@remix-run/html-template';
import { consentOf } from './consent.ts';
import {
  addressMark,
  brandMark,
  consentNote,
  type Draw,
  form,
  hidden,
  mainButton,
  note,
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
  return html`${introduction === undefined ? null : html`<p class="own" dir="auto">${introduction}</p>`}
<p class="lead">${say('preferences.lead', { address: addressMark(address) })}</p>
${isOptedOut ? html`<p class="box warned">${say('preferences.opted-out', { brand: brandMark(frame) })}</p>` : now}`;
}

function choices({ switches, action }: PreferencesView, frame: Frame): SafeHtml {
  const { say } = speakerOf(frame.language);
  const consent = consentOf(frame);
  const body = html`<fieldset><legend>${say('preferences.types')}</legend>
${switches.map((each) => switchRow(each, frame))}</fieldset>
${consentNote(consent.text)}
<p class="unsaved"><strong>${say('preferences.unsaved')}</strong> <span id="after" role="status" data-texts="${textsByCount(switches.length, frame)}"></span></p>
${mainButton(say('preferences.save'))}`;
  return form(frame, { action, does: 'save', fields: [['consent', consent.version]], body });
}

/** The whole row works its switch. */
function switchRow({ id, name, description, isOn, isUndecided }: SwitchOnPage, frame: Frame): SafeHtml {
  const undecided = html`<p class="note" id="u${id}">${speakerOf(frame.language).say('preferences.undecided')}</p>`;
  const described = [description === '' ? [] : `d${id}`, isUndecided ? `u${id}` : []].flat().join(' ');
  return html`<div class="row"><div><label for="t${id}" dir="auto">${name}</label>${note(description, `d${id}`)}${isUndecided ? undecided : null}</div>
<input type="checkbox" role="switch" name="type" value="${id}" id="t${id}"${described ? html` aria-describedby="${described}"` : null}${isOn ? html` checked` : null}>${hidden(['shown', `${id}:${isOn ? 'on' : 'off'}`])}</div>
`;
}

/** What would be sent after saving, for each number of switches that may be on; the page's script shows one of them. */
function textsByCount(switches: number, frame: Frame): string {
  const { sayPlainly } = speakerOf(frame.language);
  return JSON.stringify(Array.from({ length: switches + 1 }, (_, count) => sayPlainly('preferences.after', { count })));
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
