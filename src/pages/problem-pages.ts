/** What is shown when something does not work. It names no address, and no brand: whose link it was may be unknown. */
import { html } from '@remix-run/html-template';
import { type Draw, plainDrawing, tryAgain } from './parts.ts';
import { speakerOf } from './texts.ts';
import type { View } from './views.ts';

export const drawBadLink: Draw<Extract<View, { page: 'bad-link' }>> = ({ why }, frame) => {
  const { say } = speakerOf(frame.language);
  return plainDrawing(
    frame,
    `bad-link.${why}.title`,
    html`<p class="lead">${say(`bad-link.${why}.text`)}</p>
<h2>${say('bad-link.what')}</h2>
<ol class="steps"><li>${say('bad-link.latest')}</li><li>${say('bad-link.program')}</li><li>${say('bad-link.ask')}</li></ol>`,
  );
};

export const drawTrouble: Draw<Extract<View, { page: 'trouble' }>> = (_view, frame) => {
  const { say } = speakerOf(frame.language);
  return plainDrawing(frame, 'trouble.title', html`<p class="lead">${say('trouble.text')}</p>${tryAgain(frame)}`);
};
