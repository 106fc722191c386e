/** `/optio/v1/signups`: double opt-in for forms of the operator's own, and forms to sign up with. */
import { makeSignUpForm } from '../../actions/make-sign-up-form.ts';
import { signUp } from '../../actions/sign-up.ts';
import { parseAddress } from '../../domain/address.ts';
import { versionOfText } from '../../domain/evidence.ts';
import { principalOf } from '../auth.ts';
import { endpoint } from '../endpoint.ts';
import { type Problem, sendProblem } from '../errors.ts';
import { loadPages } from '../pages/drawing.ts';
import { observe } from '../pages/observe.ts';
import { readId } from '../query-types.ts';
import { isProblem, notAnAddress, readLanguage } from '../refusals.ts';
import { problemOfSignUp, problemOfSignUpRefusal } from '../sign-up-refusals.ts';
import { SIGN_UP, SIGN_UP_BODY, SIGN_UP_FORM, SIGN_UP_FORM_BODY } from './sign-up-schemas.ts';

const tags = ['Sign-ups'];

/** The language of a text of which nobody said in which it is (BCP 47, RFC 5646 section 4.1). */
const UNDETERMINED = 'und';

const EMPTY_CONSENT: Problem = {
  code: 'FIELD_INVALID',
  message: '"consent.text" is empty. Allowed: the text that your form showed; or no "consent", where it showed none.',
  in: 'consent.text',
};

export const postSignUpEndpoint = endpoint(
  {
    operationId: 'sign-up',
    summary: 'Sign a contact up',
    description:
      'Records what was asked for and sends the address a message with a link; only who follows it and confirms is subscribed. An address gets one message an hour at most. The answer is the same for every address, whatever is known of it.',
    tags,
    body: SIGN_UP_BODY,
    response: { 202: { ...SIGN_UP, description: 'It waits for confirmation.' } },
  },
  async (context, request, reply) => {
    const { body } = request;
    const address = parseAddress(body.subscriberIdString);
    if (!address) return sendProblem(request, reply, notAnAddress(body.subscriberIdString));
    const language = readLanguage(body.language);
    if (isProblem(language)) return sendProblem(request, reply, language);
    const consentLanguage = readLanguage(body.consent?.language, 'consent.language');
    if (isProblem(consentLanguage)) return sendProblem(request, reply, consentLanguage);
    const text = body.consent?.text;
    if (text?.trim() === '') return sendProblem(request, reply, EMPTY_CONSENT);
    const consent =
      text === undefined
        ? null
        : { text, language: consentLanguage ?? language ?? UNDETERMINED, version: versionOfText(text) };
    const { accountId, appId } = principalOf(request);
    const subscriptionIds = [...new Set(body.subscriptionIds.map(readId))];
    const outcome = await signUp(context, accountId, {
      address,
      subscriptionIds,
      request: { language, request: observe(request), consent, appId },
    });
    if (outcome.kind !== 'recorded') return sendProblem(request, reply, problemOfSignUp(outcome));
    reply.code(202);
    return { subscriberIdString: address.shown, subscriptionIds };
  },
);

export const postSignUpFormEndpoint = endpoint(
  {
    operationId: 'make-sign-up-form',
    summary: 'Make a form to sign up with',
    description:
      'Makes a page with a form that anybody may sign up with, and the same form as HTML for a page of your own: plain, labelled, without script or style. Nothing is stored; both work until the key of their link is retired.',
    tags,
    body: SIGN_UP_FORM_BODY,
    response: { 200: SIGN_UP_FORM },
  },
  async (context, request, reply) => {
    const { body } = request;
    const language = readLanguage(body.language);
    if (isProblem(language)) return sendProblem(request, reply, language);
    const subscriptionIds = body.subscriptionIds.map(readId);
    const form = await makeSignUpForm(context, principalOf(request).accountId, { subscriptionIds, language });
    if (form.kind === 'refused') return sendProblem(request, reply, problemOfSignUpRefusal(form.refusal));
    const { url, brand, definitions } = form;
    const { drawSignUpForm } = await loadPages();
    return { url, html: drawSignUpForm({ url, look: brand.look, language, definitions }) };
  },
  { changesNothing: true },
);
