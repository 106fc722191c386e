/** `/optio/v1/subscribers/{address}`: what was said of a contact, and what held at an instant. */
import type { FastifyRequest } from 'fastify';
import { describeEvent, describeStatusThen } from '../../actions/describe-history.ts';
import { eraseContact, managementActor } from '../../actions/erase-contact.ts';
import { exportSubject } from '../../actions/export-subject.ts';
import { INSTANT_FORM, parseInstant } from '../../actions/parse-instant.ts';
import { readHistory, readStatusesThen } from '../../actions/read-history.ts';
import { parseAddress } from '../../domain/address.ts';
import { principalOf } from '../auth.ts';
import { endpoint } from '../endpoint.ts';
import { type Problem, sendProblem } from '../errors.ts';
import { instant } from '../instant.ts';
import { readOptionalId } from '../query-types.ts';
import { notAnAddress, problemOfRefusal } from '../refusals.ts';
import { shorten } from '../validation-problem.ts';
import { answerGone } from './answering.ts';
import { cursorOf, readCursor } from './cursors.ts';
import { findBoundsProblem, notACursor } from './page-problems.ts';
import { NOTHING } from './schemas.ts';
import { SUBJECT } from './subject-schemas.ts';
import {
  ERASE_QUERY,
  HISTORY,
  HISTORY_QUERY,
  MAX_PAGE,
  STATUSES_QUERY,
  STATUSES_THEN,
  SUBSCRIBER_PARAMS,
  USUAL_PAGE,
} from './subscriber-schemas.ts';

const tags = ['Proof'];
const params = SUBSCRIBER_PARAMS;

export const readHistoryEndpoint = endpoint(
  {
    operationId: 'read-history',
    summary: "Read a contact's history",
    description:
      'Every change of what the contact may be sent, newest first, with what held before and after, why, by whom, and what shows it. Of an address that is not known the list is empty.',
    tags,
    params,
    querystring: HISTORY_QUERY,
    response: { 200: HISTORY },
  },
  async (context, request, reply) => {
    const { subscriberIdString } = request.params;
    const address = parseAddress(subscriberIdString);
    if (!address) return sendProblem(request, reply, notAnAddress(subscriberIdString));
    const limit = Number(request.query.limit ?? USUAL_PAGE);
    const outside = findBoundsProblem('limit', limit, 1, MAX_PAGE);
    if (outside) return sendProblem(request, reply, outside);
    const after = readCursor(request.query.after);
    const { accountId } = principalOf(request);
    const page = after === undefined ? null : await readHistory(context, accountId, address, { limit, after });
    if (!page) return sendProblem(request, reply, notACursor(request.query.after, "in this contact's history"));
    const catalog = await context.catalogs.freshCatalog(accountId);
    return {
      results: page.steps.map((step) => describeEvent(step, catalog)),
      ...(page.next !== null && { paging: { next: { after: cursorOf(page.next) } } }),
    };
  },
);

export const readStatusesThenEndpoint = endpoint(
  {
    operationId: 'read-statuses-as-of',
    summary: "Read a contact's statuses as of an instant",
    description:
      'What held for each type then, by the replay of the ledger. Types are called as they are now; those that were created since are left out, and those that were deactivated since are listed.',
    tags,
    params,
    querystring: STATUSES_QUERY,
    response: { 200: STATUSES_THEN },
  },
  async (context, request, reply) => {
    const { subscriberIdString } = request.params;
    const { channel = 'EMAIL', businessUnitId: brand } = request.query;
    const address = parseAddress(subscriberIdString);
    if (!address) return sendProblem(request, reply, notAnAddress(subscriberIdString));
    const asOf = readAsOf(request, request.query.asOf);
    if (isProblem(asOf)) return sendProblem(request, reply, asOf);
    const catalog = await context.catalogs.freshCatalog(principalOf(request).accountId);
    const businessUnitId = readOptionalId(brand);
    if (businessUnitId !== null && !catalog.businessUnits.has(businessUnitId)) {
      return sendProblem(request, reply, problemOfRefusal({ code: 'business-unit-unknown', businessUnitId }));
    }
    const scope = { channel, businessUnitId };
    const statuses = await readStatusesThen(context, catalog, address, scope, asOf ?? Number.POSITIVE_INFINITY);
    return {
      asOf: instant(asOf ?? request.arrivedAt),
      results: statuses.map((status) => describeStatusThen(address, channel, status)),
    };
  },
);

export const exportEndpoint = endpoint(
  {
    operationId: 'export-subscriber',
    summary: 'Read everything that is known of a contact',
    description:
      'What holds, all that was ever said with the texts and the evidence kept, sign-ups that wait, and whether links were taken back: the answer to a contact who asks (GDPR articles 15 and 20). Of an address that is not known, that.',
    tags,
    params,
    response: { 200: SUBJECT },
  },
  async (context, request, reply) => {
    const { subscriberIdString } = request.params;
    const address = parseAddress(subscriberIdString);
    if (!address) return sendProblem(request, reply, notAnAddress(subscriberIdString));
    return exportSubject(context, await context.catalogs.freshCatalog(principalOf(request).accountId), address);
  },
);

export const eraseEndpoint = endpoint(
  {
    operationId: 'erase-subscriber',
    summary: 'Erase a contact',
    description:
      'Erases the address and everything personal that is kept with it, and voids its links. What it said no to holds on, also when the address comes back. Of an address of which nothing is known there is nothing to erase, and the answer is the same.',
    tags,
    params,
    querystring: ERASE_QUERY,
    response: { 204: NOTHING },
  },
  async (context, request, reply) => {
    const { subscriberIdString } = request.params;
    const address = parseAddress(subscriberIdString);
    if (!address) return sendProblem(request, reply, notAnAddress(subscriberIdString));
    const { accountId, appId } = principalOf(request);
    const reason = request.query.reason ?? null;
    return answerGone(request, reply, await eraseContact(context, accountId, address, managementActor(appId), reason));
  },
);

/** The instant in epoch milliseconds; null where none was sent. One to come is a problem: nobody knows what will hold. */
export function readAsOf(request: FastifyRequest, sent: string | null | undefined): number | null | Problem {
  if (sent === null || sent === undefined) return null;
  const asOf = parseInstant(sent);
  if (asOf !== null && asOf <= request.arrivedAt) return asOf;
  const allowed =
    asOf === null ? `${INSTANT_FORM}, not to come` : `an instant up to now, ${instant(request.arrivedAt)}`;
  return { code: 'FIELD_INVALID', message: `"asOf" was ${shorten(sent)}. Allowed: ${allowed}.`, in: 'asOf' };
}

/** Whether `readAsOf` found a problem. */
export function isProblem(asOf: number | null | Problem): asOf is Problem {
  return typeof asOf === 'object' && asOf !== null;
}
