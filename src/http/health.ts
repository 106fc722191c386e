/** Whether the process runs, and whether it can do its work. */
import { checkReadiness } from '../actions/check-readiness.ts';
import type { Context } from '../actions/context.ts';
import { endpoint } from './endpoint.ts';

/** A replica that does not answer, or answers that it follows another server, is not read from. */
const REPLICAS = {
  title: 'Replicas',
  type: 'object',
  required: ['boundSeconds', 'servers'],
  additionalProperties: false,
  properties: {
    boundSeconds: { type: 'number', description: 'How far behind a replica may be that is read from.' },
    servers: {
      type: 'array',
      items: {
        title: 'Replica',
        type: 'object',
        required: ['staleSeconds', 'isRead'],
        additionalProperties: false,
        properties: {
          staleSeconds: {
            type: ['number', 'null'],
            description: 'By how much it may be out of date at most; null where that is not known.',
          },
          isRead: { type: 'boolean', description: 'Whether statuses are read from it. If not, the primary is read.' },
        },
      },
    },
  },
} as const;

const READY = {
  title: 'Ready',
  type: 'object',
  required: ['status'],
  additionalProperties: false,
  properties: { status: { type: 'string', enum: ['ready'] }, replicas: REPLICAS },
} as const;

const ALIVE = {
  title: 'Alive',
  type: 'object',
  required: ['status'],
  additionalProperties: false,
  properties: { status: { type: 'string', enum: ['live'] } },
} as const;

export const liveEndpoint = endpoint(
  {
    operationId: 'health-live',
    summary: 'Whether the process runs',
    description: 'Answers as long as the process does; asks nothing of the database.',
    tags: ['Operation'],
    response: { 200: ALIVE },
  },
  () => ({ status: 'live' }) as const,
);

export const readyEndpoint = endpoint(
  {
    operationId: 'health-ready',
    summary: 'Whether the server can do its work',
    description:
      'Answers 503 where the database does not answer within two seconds. Where statuses are read from replicas, says how far each is behind, in the order in which they were named.',
    tags: ['Operation'],
    response: { 200: READY },
  },
  async (context) => {
    await checkReadiness(context);
    const { replicas } = context.store;
    return { status: 'ready' as const, ...(replicas && { replicas: describeReplicas(replicas) }) };
  },
);

function describeReplicas(replicas: NonNullable<Context['store']['replicas']>) {
  return {
    boundSeconds: replicas.boundMs / 1_000,
    servers: replicas.standings().map(({ stalenessMs, isRead }) => ({
      staleSeconds: stalenessMs === null ? null : Math.ceil(stalenessMs / 10) / 100,
      isRead,
    })),
  };
}
