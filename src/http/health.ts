/** Whether the process runs, and whether it can do its work. */
import { setTimeout as pause } from 'node:timers/promises';
import { StoreUnavailable } from '../storage/port.ts';
import { endpoint } from './endpoint.ts';

const PATIENCE_MS = 2_000;

export const liveEndpoint = endpoint(
  {
    operationId: 'health-live',
    summary: 'Whether the process runs',
    description: 'Answers as long as the process does; asks nothing of the database.',
    tags: ['Operation'],
    response: { 200: status('Alive', 'live') },
  },
  () => ({ status: 'live' }) as const,
);

export const readyEndpoint = endpoint(
  {
    operationId: 'health-ready',
    summary: 'Whether the server can do its work',
    description: 'Answers 503 where the database does not answer within two seconds.',
    tags: ['Operation'],
    response: { 200: status('Ready', 'ready') },
  },
  async (context) => {
    const patience = new AbortController();
    const tooLate = pause(PATIENCE_MS, undefined, { signal: patience.signal, ref: false }).then(() => {
      throw new StoreUnavailable('The database did not answer in time');
    });
    // Where the database is in time, the pause is broken off and nobody waits for it any more.
    tooLate.catch(() => {});
    await Promise.race([context.store.ping(), tooLate]).finally(() => patience.abort());
    return { status: 'ready' } as const;
  },
);

function status<const Title extends string, const Value extends string>(title: Title, value: Value) {
  return {
    title,
    type: 'object',
    required: ['status'],
    additionalProperties: false,
    properties: { status: { type: 'string', enum: [value] } },
  } as const;
}
