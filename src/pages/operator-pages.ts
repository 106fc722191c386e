/** Draws the pages that operators see: signing in, deciding what an app may do, and what comes of it. */
import { html } from '@remix-run/html-template';
import { drawAppConsent } from './app-consent-page.ts';
import { code, signedInAs, signOutForm, titled } from './operator-parts.ts';
import type { OperatorView } from './operator-views.ts';
import { addressMark, type Draw, type Drawing, form, mainButton, plainDrawing, quoted, tryAgain } from './parts.ts';
import { drawSignIn } from './sign-in-page.ts';
import { operatorSpeakerOf } from './texts.ts';
import type { Frame } from './views.ts';

export function drawOperatorPage(view: OperatorView, frame: Frame): Drawing {
  const { say } = operatorSpeakerOf(frame.language);
  switch (view.page) {
    case 'sign-in':
      return drawSignIn(view, frame);
    case 'signed-in':
      return titled(
        frame,
        'signed-in.title',
        html`<p class="lead">${signedInAs(view.signedIn, frame)}</p>${signOutForm(view.signedIn, frame)}`,
      );
    case 'signed-out':
      return titled(frame, 'signed-out.title', html`<p class="lead">${say('signed-out.text')}</p>`);
    case 'consent':
      return drawAppConsent(view, frame);
    case 'no-account':
      return drawNoAccount(view, frame);
    case 'going-back':
      return drawGoingBack(view, frame);
    case 'no-request':
      return titled(frame, 'no-request.title', html`<p class="lead">${say('no-request.text')}</p>`);
    case 'oauth-problem':
      return drawOAuthProblem(view, frame);
    case 'foreign-form':
      return titled(
        frame,
        'foreign-form.title',
        html`<p class="lead">${say('foreign-form.text', { url: addressMark(view.url) })}</p>`,
      );
    case 'operator-trouble':
      return plainDrawing(
        frame,
        'trouble.title',
        html`<p class="lead">${say('operator-trouble.text')}</p>${tryAgain(frame)}`,
      );
  }
}

const drawNoAccount: Draw<Extract<OperatorView, { page: 'no-account' }>> = ({ appName, signedIn, answer }, frame) => {
  const { say } = operatorSpeakerOf(frame.language);
  const body = mainButton(say('back', { app: quoted(appName) }));
  return titled(
    frame,
    'no-account.title',
    html`<p class="lead">${say('no-account.text', { email: addressMark(signedIn.email) })}</p>
${form(frame, { ...answer, does: 'refuse', body })}<section>${signOutForm(signedIn, frame)}</section>`,
  );
};

/** A redirect from the form itself would be stopped by the policy: browsers hold every step of it against `form-action`. */
const drawGoingBack: Draw<Extract<OperatorView, { page: 'going-back' }>> = ({ appName, url }, frame) => {
  const { say } = operatorSpeakerOf(frame.language);
  const drawing = titled(
    frame,
    'going-back.title',
    html`<p class="lead">${say('going-back.text')}</p>
<p class="next"><a href="${url}">${say('back', { app: quoted(appName) })}</a></p>`,
    { app: appName },
  );
  return { ...drawing, leadsTo: url };
};

const drawOAuthProblem: Draw<Extract<OperatorView, { page: 'oauth-problem' }>> = (view, frame) =>
  titled(
    frame,
    'oauth-problem.title',
    html`<p class="lead">${operatorSpeakerOf(frame.language).say('oauth-problem.text')}</p>
<p class="box warned" lang="en" dir="ltr">${code(view.code)}: ${view.description}</p>`,
  );
