/** Whether the process runs, and whether it can do its work. */
import { checkReadiness } from '../actions/check-readiness.ts';
import { endpoint } from './endpoint.ts';

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
    await checkReadiness(context);
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
