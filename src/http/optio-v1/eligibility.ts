/** `/optio/v1/eligibility`: the gate at send time. May these contacts be mailed about this type? */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { XStatic } from 'typebox/schema';
import { checkEligibility, type EligibilityAnswer, type EligibilityQuestion } from '../../actions/check-eligibility.ts';
import type { Context } from '../../actions/context.ts';
import { readLines, textOfLine } from '../../actions/read-lines.ts';
import { principalOf } from '../auth.ts';
import { BodyFault } from '../body-reader.ts';
import { endpoint } from '../endpoint.ts';
import { type Problem, sendProblem } from '../errors.ts';
import { logException } from '../exceptions.ts';
import { instant } from '../instant.ts';
import { LINES_TYPE } from '../line-bodies.ts';
import { overloadedBy } from '../overload.ts';
import { readBoolean } from '../query-types.ts';
import { problemOfRead } from '../refusals.ts';
import {
  ELIGIBILITY,
  ELIGIBILITY_BODY,
  ELIGIBILITY_LAST_LINE,
  ELIGIBILITY_LINES,
  ELIGIBILITY_QUERY,
  ELIGIBILITY_ROW,
} from './eligibility-schemas.ts';
import { isProblem, readAsOf } from './subscribers.ts';

/** How many lines are answered at a time, of those that have arrived. */
const LINES_AT_ONCE = 2_000;

const ANSWERS = {
  description: `One answer an input, in their order. With Accept: ${LINES_TYPE}, and to a list of lines always, an answer a line while they are found, and {"done": true, "count": …} as the last line.`,
  content: {
    'application/json': { schema: ELIGIBILITY },
    [LINES_TYPE]: { schema: { anyOf: [ELIGIBILITY_ROW, ELIGIBILITY_LAST_LINE] } },
  },
} as const;

type Body = NonNullable<XStatic<typeof ELIGIBILITY_BODY>>;
type Query = XStatic<typeof ELIGIBILITY_QUERY>;
type Row = XStatic<typeof ELIGIBILITY_ROW>;

export const eligibilityEndpoint = endpoint(
  {
    operationId: 'check-eligibility',
    summary: 'Check who may be mailed',
    description:
      "Whether contacts may be mailed about one type, by what they said and the account's mail rule. Up to 10 000 in JSON; a list of lines of any length is answered while it arrives: read the answers while you send it. What cannot be read fails the request, or cuts the list off: nobody is eligible because of an error.",
    tags: ['Proof'],
    querystring: ELIGIBILITY_QUERY,
    body: ELIGIBILITY_BODY,
    lines: ELIGIBILITY_LINES,
    response: { 200: ANSWERS },
  },
  (context, request, reply) => {
    const { body, lineBody, query } = request;
    if (lineBody) return answerLines(context, request, reply, query, lineBody);
    if (!body) return sendProblem(request, reply, BODY_REQUIRED);
    return answerBody(context, request, reply, body);
  },
  { changesNothing: true },
);

const BODY_REQUIRED: Problem = {
  code: 'BODY_REQUIRED',
  message: `The request has no body. Allowed: a JSON object with "subscriptionId", "inputs"; or ${LINES_TYPE}, an address a line.`,
  in: 'body',
};

const TYPE_REQUIRED: Problem = {
  code: 'FIELD_REQUIRED',
  message: `Missing: the query parameter "subscriptionId", which a list of lines needs. Allowed: the id of a definition.`,
  in: 'subscriptionId',
};

async function answerBody(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  body: Body,
): Promise<XStatic<typeof ELIGIBILITY> | FastifyReply> {
  const { channel = 'EMAIL', explain = false, inputs } = body;
  const asOf = readAsOf(request, body.asOf);
  if (isProblem(asOf)) return sendProblem(request, reply, asOf);
  const question = { subscriptionId: Number(body.subscriptionId), channel, asOf, explain };
  if (wantsLines(request)) return sendLines(context, request, reply, question, inBatches(inputs));
  const outcome = await checkEligibility(context, principalOf(request).accountId, question, inputs);
  if (outcome.kind !== 'read') return sendProblem(request, reply, problemOfRead(outcome));
  return {
    subscriptionId: question.subscriptionId,
    channel,
    mailRule: outcome.mailRule,
    asOf: instant(asOf ?? request.arrivedAt),
    results: outcome.answers.map(rowOf),
  };
}

function answerLines(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  { subscriptionId, channel = 'EMAIL', asOf: sent, explain }: Query,
  lines: Readable,
): FastifyReply | Promise<FastifyReply> {
  if (subscriptionId === undefined) return sendProblem(request, reply, TYPE_REQUIRED);
  const asOf = readAsOf(request, sent);
  if (isProblem(asOf)) return sendProblem(request, reply, asOf);
  const question = { subscriptionId: Number(subscriptionId), channel, asOf, explain: readBoolean(explain) };
  return sendLines(context, request, reply, question, textsOf(lines));
}

function wantsLines({ headers: { accept = '' } }: FastifyRequest): boolean {
  return accept.split(',').some((range) => range.split(';')[0]!.trim().toLowerCase() === LINES_TYPE);
}

async function* textsOf(lines: Readable): AsyncGenerator<string[]> {
  for await (const batch of readLines(lines, LINES_AT_ONCE)) yield batch.map(textOfLine);
}

async function* inBatches(inputs: readonly string[]): AsyncGenerator<readonly string[]> {
  for (let start = 0; start < inputs.length; start += LINES_AT_ONCE) yield inputs.slice(start, start + LINES_AT_ONCE);
}

function rowOf({ subscriberIdString, eligible, reason, decidedAt, decidedBy }: EligibilityAnswer): Row {
  const row = { subscriberIdString, eligible, reason, decidedAt: decidedAt === null ? null : instant(decidedAt) };
  return decidedBy === undefined ? row : { ...row, decidedBy };
}

/** What is wrong before anything is told of is answered like any problem; later, the answer is cut off. */
async function sendLines(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  question: EligibilityQuestion,
  batches: AsyncGenerator<readonly string[]>,
): Promise<FastifyReply> {
  holdBytes(request);
  const { accountId } = principalOf(request);
  // Nobody in it: whether the question can be answered at all.
  const asked = await checkEligibility(context, accountId, question, []);
  if (asked.kind !== 'read') return sendProblem(request, reply, problemOfRead(asked));
  const answers = answersTo(context, accountId, question, batches);
  const first = await answers.next();
  reply.header('Content-Type', `${LINES_TYPE}; charset=utf-8`);
  return reply.send(Readable.from(written(request, first, answers), { objectMode: false, highWaterMark: 65_536 }));
}

/** What a list takes of the memory that all requests share, however long it is: some thousand lines and their answers. */
const BYTES_A_LIST = 1_048_576;

function holdBytes(request: FastifyRequest): void {
  if (!request.server.admission.holdMore(request, BYTES_A_LIST)) throw new BodyFault(overloadedBy('bytes'));
}

type Answers = AsyncIterator<readonly EligibilityAnswer[]>;

/** Two, so that one is being looked up while the other one's answers are written. */
const BATCHES_AT_ONCE = 2;

function answersTo(
  context: Context,
  accountId: number,
  question: EligibilityQuestion,
  batches: AsyncGenerator<readonly string[]>,
): Answers {
  const answer = async (texts: readonly string[]) => {
    const outcome = await checkEligibility(context, accountId, question, texts);
    if (outcome.kind !== 'read') throw new BodyFault(problemOfRead(outcome));
    return outcome.answers;
  };
  const options = { concurrency: BATCHES_AT_ONCE, highWaterMark: BATCHES_AT_ONCE };
  return Readable.from(batches).map(answer, options)[Symbol.asyncIterator]();
}

/** The lines, and the last one that says that they are all. Where anything fails, there is none. */
async function* written(request: FastifyRequest, first: IteratorResult<readonly EligibilityAnswer[]>, rest: Answers) {
  let count = 0;
  // Whatever was held until an answer is sent is let go of when it begins; this one holds more until it ends.
  holdBytes(request);
  try {
    for (let each = first; !each.done; ) {
      const next = rest.next();
      // It is waited for below, unless the client is gone by then.
      next.catch(() => {});
      count += each.value.length;
      yield each.value.map((answer) => `${JSON.stringify(rowOf(answer))}\n`).join('');
      each = await next;
    }
  } catch (error) {
    if (!request.raw.destroyed && !(error instanceof BodyFault)) logException(error, request);
    throw error;
  }
  yield `${JSON.stringify({ done: true, count })}\n`;
}
