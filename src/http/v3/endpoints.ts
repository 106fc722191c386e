/** HubSpot's API v3, also served under some of its dated versions: one type at a time, for one address. */
import { changeStatuses } from '../../actions/change-statuses.ts';
import { listDefinitions } from '../../actions/list-definitions.ts';
import { readStatuses } from '../../actions/read-statuses.ts';
import { parseAddress } from '../../domain/address.ts';
import type { State } from '../../domain/preferences.ts';
import { principalOf } from '../auth.ts';
import { endpoint } from '../endpoint.ts';
import { sendProblem } from '../errors.ts';
import { cutOffSince } from '../idempotency.ts';
import { readId } from '../query-types.ts';
import { notAnAddress, problemOfCommit, problemOfRead, problemOfRefusal } from '../refusals.ts';
import { definitionRow } from '../v4/rendering.ts';
import { problemOfMissing, problemOfStanding } from './refusals.ts';
import { statusRow } from './rendering.ts';
import { ADDRESS_PARAMS, CHANGE_BODY, DEFINITIONS, STATUS_ROW, STATUSES } from './schemas.ts';

/** v3 knows no other. */
const CHANNEL = 'EMAIL';

export const listDefinitionsEndpoint = endpoint(
  {
    operationId: 'list-definitions',
    summary: 'List subscription definitions',
    description: "Lists the account's types of mail in the order they were created, inactive ones too.",
    tags: ['Definitions'],
    response: { 200: DEFINITIONS },
  },
  async (context, request, reply) => {
    const outcome = await listDefinitions(context, principalOf(request), null);
    if (outcome.kind !== 'read') return sendProblem(request, reply, problemOfRead(outcome));
    return { subscriptionDefinitions: outcome.answers.map((definition) => definitionRow(definition, false)) };
  },
);

export const readStatusEndpoint = endpoint(
  {
    operationId: 'read-status',
    summary: "Read a contact's subscriptions",
    description:
      'Lists every active definition with what holds for the contact, also those that nobody ever touched. The address need not be known.',
    tags: ['Statuses'],
    params: ADDRESS_PARAMS,
    response: { 200: STATUSES },
  },
  async (context, request, reply) => {
    const { emailAddress } = request.params;
    const address = parseAddress(emailAddress);
    if (!address) return sendProblem(request, reply, notAnAddress(emailAddress, 'emailAddress'));
    const scope = { channel: CHANNEL, businessUnitId: null } as const;
    const outcome = await readStatuses(context, principalOf(request), [address], scope);
    if (outcome.kind !== 'read') return sendProblem(request, reply, problemOfRead(outcome));
    return { recipient: address.shown, subscriptionStatuses: (outcome.answers[0] ?? []).map(statusRow) };
  },
);

export const subscribeEndpoint = changeEndpoint(
  {
    operationId: 'subscribe',
    summary: 'Subscribe a contact',
    description:
      'Subscribes a contact to one type. Who is subscribed already, or has unsubscribed from it or from everything, is refused.',
  },
  { state: 'SUBSCRIBED', onlyFrom: ['NOT_SPECIFIED'] },
);

export const unsubscribeEndpoint = changeEndpoint(
  {
    operationId: 'unsubscribe',
    summary: 'Unsubscribe a contact',
    description: 'Unsubscribes a contact from one type. Who is unsubscribed already is refused.',
  },
  { state: 'UNSUBSCRIBED', onlyFrom: ['NOT_SPECIFIED', 'SUBSCRIBED'] },
);

export const resubscribeEndpoint = changeEndpoint(
  {
    operationId: 'resubscribe',
    summary: 'Subscribe a contact again',
    description:
      'Subscribes a contact to one type, also one who has unsubscribed; an opt-out of everything that covers it ends. Who is subscribed already is refused.',
  },
  { state: 'SUBSCRIBED', onlyFrom: ['NOT_SPECIFIED', 'UNSUBSCRIBED'] },
);

/** A change of one type to a state, where it stands at one of `onlyFrom`. */
function changeEndpoint(
  words: { readonly operationId: string; readonly summary: string; readonly description: string },
  { state, onlyFrom }: { readonly state: State; readonly onlyFrom: readonly State[] },
) {
  return endpoint(
    { ...words, tags: ['Statuses'], body: CHANGE_BODY, response: { 200: STATUS_ROW } },
    async (context, request, reply) => {
      const { emailAddress, subscriptionId, legalBasis = null, legalBasisExplanation = null } = request.body;
      const address = parseAddress(emailAddress);
      if (!address) return sendProblem(request, reply, notAnAddress(emailAddress, 'emailAddress'));
      const change = {
        kind: 'status-change',
        channel: CHANNEL,
        subscriptionId: readId(subscriptionId),
        state,
        legalBasis,
        legalBasisExplanation,
        onlyFrom,
      } as const;
      const commit = await changeStatuses(
        context,
        principalOf(request),
        [{ address, request: change }],
        cutOffSince(request),
      );
      if (commit.kind !== 'committed') return sendProblem(request, reply, problemOfCommit(commit.kind));
      const outcome = commit.outcomes[0];
      switch (outcome?.kind) {
        case 'status-set':
          return statusRow(outcome.status);
        case 'left-as-it-was':
          return sendProblem(request, reply, problemOfStanding(state, outcome.status, address));
        case 'refused':
          return sendProblem(request, reply, problemOfRefusal(outcome.refusal));
        default:
          throw new Error('A status change had the outcome of something else');
      }
    },
    { problemOfMissing },
  );
}
