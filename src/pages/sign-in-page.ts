/** The form by which operators sign in. */
import { html, type SafeHtml } from '@remix-run/html-template';
import { titled } from './operator-parts.ts';
import type { OperatorView, SignInProblem } from './operator-views.ts';
import { type Draw, form, mainButton } from './parts.ts';
import { operatorSpeakerOf, speakerOf } from './texts.ts';
import type { Frame } from './views.ts';

/** The field for the one-time code is always there, so that nothing tells whether a password was right. */
export const drawSignIn: Draw<Extract<OperatorView, { page: 'sign-in' }>> = (view, frame) => {
  const { say } = operatorSpeakerOf(frame.language);
  const body = html`<p class="field"><label for="email">${say('sign-in.email')}</label>
<input type="email" name="email" id="email" value="${view.email}" autocomplete="username" required maxlength="254" dir="ltr"></p>
<p class="field"><label for="password">${say('sign-in.password')}</label>
<input type="password" name="password" id="password" autocomplete="current-password" required dir="ltr"></p>
<p class="field"><label for="code">${say('sign-in.code')}</label>
<input name="code" id="code" inputmode="numeric" autocomplete="one-time-code" maxlength="16" dir="ltr" aria-describedby="for-some"></p>
<p class="note" id="for-some">${say('sign-in.code-note')}</p>
${mainButton(say('sign-in.button'))}`;
  const drawing = titled(
    frame,
    'sign-in.title',
    html`${view.problem ? problemNote(view.problem, frame) : lead(view.isForApp, frame)}
${form(frame, { ...view.form, does: 'sign-in', body })}`,
  );
  if (!view.problem) return drawing;
  return { ...drawing, title: `${speakerOf(frame.language).sayPlainly('sign-up.error')}: ${drawing.title}` };
};

function lead(isForApp: boolean, { language }: Frame): SafeHtml | null {
  return isForApp ? html`<p class="lead">${operatorSpeakerOf(language).say('sign-in.lead')}</p>` : null;
}

/** Gets the focus, so that it is read first. */
function problemNote(problem: SignInProblem, { language }: Frame): SafeHtml {
  const { say } = operatorSpeakerOf(language);
  const told =
    problem.kind === 'too-many' ? say('sign-in.too-many', { count: problem.minutes }) : say(`sign-in.${problem.kind}`);
  return html`<p class="wrong" id="wrong" tabindex="-1" autofocus>${told}</p>`;
}
