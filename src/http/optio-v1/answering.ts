/** How an outcome of managing becomes an answer. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { describeManageRefusal, type ManageOutcome, type ManageRefusal } from '../../actions/manage-outcome.ts';
import { type Problem, sendProblem } from '../errors.ts';

/** The path under which everything here is served. */
export const BASE = '/optio/v1';

/** The outcome's value in the words of the API, or the problem. */
export function answer<Value, Body>(
  request: FastifyRequest,
  reply: FastifyReply,
  outcome: ManageOutcome<Value>,
  describe: (value: Value) => Body,
): Body | FastifyReply {
  if (outcome.kind === 'refused') return sendProblem(request, reply, problemOf(outcome.refusal, request));
  return describe(outcome.value);
}

/** 201 and where the new thing is found from now on. */
export function answerCreated<Value, Body>(
  request: FastifyRequest,
  reply: FastifyReply,
  outcome: ManageOutcome<Value>,
  describe: (value: Value) => Body,
  locate: (value: Value) => string,
): Body | FastifyReply {
  if (outcome.kind === 'done') reply.code(201).header('Location', `${BASE}/${locate(outcome.value)}`);
  return answer(request, reply, outcome, describe);
}

/** 204, and no body. */
export function answerGone(
  request: FastifyRequest,
  reply: FastifyReply,
  outcome: ManageOutcome<unknown>,
): FastifyReply {
  if (outcome.kind === 'refused') return sendProblem(request, reply, problemOf(outcome.refusal, request));
  return reply.code(204).send();
}

const TRY_AGAIN = { 'Retry-After': '1' };

function problemOf(refusal: ManageRefusal, request: FastifyRequest): Problem {
  const said = `${describeManageRefusal(refusal)}.`;
  switch (refusal.code) {
    case 'invalid':
      return { code: 'FIELD_INVALID', message: `"${refusal.field}" ${refusal.problem}.`, in: refusal.field };
    case 'id-taken':
      return { code: 'ID_TAKEN', message: `${said} Allowed: an id that is free, or none for a random one.`, in: 'id' };
    case 'foreign-app':
      return {
        code: 'FIELD_INVALID',
        message: `"${refusal.field}" must name an app of this account. ${said}`,
        in: refusal.field,
      };
    case 'not-found':
      return notFound(refusal, request, said);
    case 'ambiguous':
      return {
        code: 'FIELD_REQUIRED',
        message: `Missing: the field "${refusal.thing}Id". ${said}`,
        in: `${refusal.thing}Id`,
      };
    case 'ended':
      return { code: 'TOKEN_ENDED', message: said };
    case 'contended':
      return { code: 'CONTENDED', message: said, headers: TRY_AGAIN };
  }
}

/** What the path names is missing there; what the request names besides is a field at fault. */
function notFound(
  { thing, id }: ManageRefusal & { code: 'not-found' },
  request: FastifyRequest,
  said: string,
): Problem {
  if (thing === 'translation' || thing === 'installation' || `${thing}Id` in (request.params as object)) {
    return { code: 'RESOURCE_UNKNOWN', message: 'resource not found', detail: { message: said } };
  }
  if (thing === 'brand') {
    const message = `"businessUnitId" was ${id}, which is no brand of this account. Allowed: 0 or an id that GET ${BASE}/brands lists.`;
    return { code: 'BUSINESS_UNIT_UNKNOWN', message, in: 'businessUnitId' };
  }
  if (thing === 'client id') {
    const message = `"clientId" was ${JSON.stringify(id)}, which no app of this server has. Allowed: the client id of an app of this account.`;
    return { code: 'FIELD_INVALID', message, in: 'clientId' };
  }
  const message = `"${thing}Id" was ${id}, which this account does not have. Allowed: an id that GET ${BASE}/${thing}s lists.`;
  return { code: 'FIELD_INVALID', message, in: `${thing}Id` };
}
