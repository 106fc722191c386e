/** The page that stops one thing with one button, and what is said afterwards. */
import { html } from '@remix-run/html-template';
import { nameOf } from './brand.ts';
import { addressMark, brandMark, type Draw, form, mainButton, plainDrawing, quoted, undoForm } from './parts.ts';
import { speakerOf } from './texts.ts';
import type { View } from './views.ts';

export const drawUnsubscribe: Draw<Extract<View, { page: 'unsubscribe' }>> = ({ address, what, action }, frame) => {
  const { say, sayPlainly } = speakerOf(frame.language);
  const about = what.kind === 'everything' ? 'unsubscribe.everything' : 'unsubscribe';
  const name = what.kind === 'everything' ? '' : what.name;
  const body = html`<h1>${say(`${about}.title`, { name: quoted(name) })}</h1>
<p class="lead">${say(`${about}.text`, { brand: brandMark(frame), address: addressMark(address) })}</p>
${form(frame, { action, does: 'unsubscribe', body: mainButton(say('unsubscribe.button')) })}`;
  return { title: sayPlainly(`${about}.title`, { name, brand: nameOf(frame) }), body };
};

export const drawUnsubscribed: Draw<Extract<View, { page: 'unsubscribed' }>> = (view, frame) => {
  const { say } = speakerOf(frame.language);
  const names = { brand: brandMark(frame), address: addressMark(view.address) };
  const stopped =
    view.what.kind === 'everything'
      ? say('unsubscribed.everything.text', names)
      : say('unsubscribed.text', { ...names, name: quoted(view.what.name) });
  const undo = undoForm(frame, view.undo);
  const body = html`<p class="lead">${stopped}</p>
${undo && html`<div class="mistake"><p>${say('unsubscribed.mistake')}</p>${undo}</div>`}
<p class="next"><a href="${view.manageUrl}">${say('unsubscribed.manage', { brand: brandMark(frame) })}</a></p>`;
  return { ...plainDrawing(frame, 'unsubscribed.title', body), isDone: true };
};
