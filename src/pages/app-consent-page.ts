/** The page on which an operator reads what an app asks for, and decides. */
import { html, type SafeHtml } from '@remix-run/html-template';
import type { Scope } from '../domain/access.ts';
import { code, scopeMark, signedInSection, titled } from './operator-parts.ts';
import type { AccountOnPage, ConsentView } from './operator-views.ts';
import { choiceRow, type Draw, form, hidden, mainButton, quoted } from './parts.ts';
import { type OperatorTextKey, operatorSpeakerOf } from './texts.ts';
import type { Frame } from './views.ts';

/** Where there are more accounts than this, they are chosen from a list that unfolds. */
const MOST_IN_SIGHT = 10;

/** What each scope lets an app do; the older and the newer name of the same in the same words. */
const WORDS_OF: Readonly<Record<Scope, OperatorTextKey>> = {
  'communication_preferences.read': 'scope.read',
  'communication_preferences.write': 'scope.write',
  'communication_preferences.read_write': 'scope.read-write',
  'communication_preferences.statuses.batch.read': 'scope.batch-read',
  'communication_preferences.statuses.batch.write': 'scope.batch-write',
  'subscriptions-definition-read': 'scope.definitions',
  'subscriptions-status-read': 'scope.statuses',
  'subscriptions-status-write': 'scope.write',
  'subscription-status-batch-read': 'scope.batch-read',
  'subscription-status-batch-write': 'scope.batch-write',
  'optio.admin': 'scope.admin',
};

/** Two buttons of two forms, side by side: a form has one meaning each. */
export const drawAppConsent: Draw<ConsentView> = (view, frame) => {
  const { say } = operatorSpeakerOf(frame.language);
  const body = html`${accountChoice(view, frame)}${askedFor(view, frame)}
<p>${say('consent.back', { host: html`<strong dir="ltr" translate="no">${view.returnHost}</strong>` })}</p>
<p class="answers">${mainButton(say('consent.approve'))} <button form="refuse">${say('consent.refuse')}</button></p>`;
  const owner = view.ownerName && html`<p>${say('consent.owner', { account: quoted(view.ownerName) })}</p>`;
  return titled(
    frame,
    'consent.title',
    html`${problemBox(view, frame)}${owner}
${form(frame, { ...view.answer, does: 'approve', body })}
${form(frame, { ...view.answer, does: 'refuse', id: 'refuse' })}
${signedInSection(view.signedIn, frame)}`,
    { app: view.appName },
  );
};

/** What is told before all else, with the focus; that no account was chosen is told where they are. */
function problemBox({ appName, problem }: ConsentView, { language }: Frame): SafeHtml | null {
  if (problem === null || problem.kind === 'no-account') return null;
  const { say } = operatorSpeakerOf(language);
  const told =
    problem.kind === 'signed-in-anew'
      ? say('consent.signed-in-anew')
      : say('consent.id-taken', { account: quoted(problem.accountName), app: quoted(appName) });
  return html`<div class="box warned"><p id="notice" tabindex="-1" autofocus>${told}</p></div>`;
}

function accountChoice(view: ConsentView, frame: Frame): SafeHtml {
  const { say } = operatorSpeakerOf(frame.language);
  const [only, ...more] = view.accounts;
  if (only && more.length === 0) {
    return html`${hidden(['account', String(only.id)])}<p class="lead">${say('consent.account', { account: accountMark(only) })}</p>`;
  }
  const isMissing = view.problem?.kind === 'no-account';
  const wrong = isMissing
    ? html`<p class="wrong" id="wrong" tabindex="-1" autofocus>${say('consent.no-account')}</p>`
    : null;
  const described = isMissing ? html` aria-describedby="wrong"` : null;
  if (view.accounts.length > MOST_IN_SIGHT) return accountList(view, wrong, frame);
  return html`<fieldset${described}><legend>${say('consent.accounts')}</legend>${wrong}
${view.accounts.map((account) => accountRow(account, account.id === view.chosenAccountId))}</fieldset>`;
}

function accountRow({ id, name }: AccountOnPage, isChosen: boolean): SafeHtml {
  const marks = html` required${isChosen ? html` checked` : null}`;
  return choiceRow({ id, field: 'account', kind: 'radio', name, description: '', remark: code(id), marks });
}

/** By name, for whoever looks for one. */
function accountList({ accounts, chosenAccountId }: ConsentView, wrong: SafeHtml | null, frame: Frame): SafeHtml {
  const { say } = operatorSpeakerOf(frame.language);
  const { compare } = new Intl.Collator(frame.language, { numeric: true });
  const options = accounts
    .toSorted((one, other) => compare(one.name, other.name))
    .map(
      ({ id, name }) =>
        html`<option value="${id}"${id === chosenAccountId ? html` selected` : null}>${name} (${id})</option>`,
    );
  const marks = wrong && html` aria-invalid="true" aria-describedby="wrong"`;
  return html`<p class="field"><label for="account">${say('consent.accounts')}</label>
<select name="account" id="account" required${marks}><option value="">${say('consent.choose')}</option>${options}</select></p>${wrong}`;
}

function accountMark({ id, name }: AccountOnPage): SafeHtml {
  return html`<strong><bdi>${name}</bdi></strong> (${code(id)})`;
}

/** In words, each with its name beside it; what may be left out has a box, and everything is ticked at first. */
function askedFor({ required, optional, unknown }: ConsentView, { language }: Frame): SafeHtml {
  const { say, list } = operatorSpeakerOf(language);
  const items = required.map(
    (scope) => html`<li><strong>${say(WORDS_OF[scope])}</strong><p>${scopeMark(scope)}</p></li>`,
  );
  const boxes = optional.map(({ scope, isTicked }) =>
    choiceRow({
      id: scope,
      field: 'scope',
      name: say(WORDS_OF[scope]),
      description: '',
      remark: scopeMark(scope),
      marks: isTicked ? html` checked` : null,
    }),
  );
  const isForAll = [...required, ...optional.map(({ scope }) => scope)].includes('optio.admin');
  return html`${items.length > 0 ? html`<h2>${say('consent.required')}</h2><ul class="types">${items}</ul>` : null}
${boxes.length > 0 ? html`<fieldset><legend>${say('consent.optional')}</legend>${boxes}</fieldset>` : null}
${isForAll ? html`<p class="box warned">${say('consent.admin', { scope: scopeMark('optio.admin') })}</p>` : null}
${unknown.length > 0 ? html`<p class="note">${say('consent.unknown', { names: list(unknown) })}</p>` : null}`;
}
