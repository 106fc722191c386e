/** What is asked of a server, as requests. `load-generators/requests.lua` sends the same ones. */
import { addressOf, type Population, writeAt } from './population.ts';

export const OPERATIONS = ['single-writes', 'batch-writes', 'single-reads', 'batch-reads'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** Inputs a request: 100, the API's limit, in a batch. */
export const BATCH_SIZE = 100;

export const OPERATION_TITLES: Readonly<Record<Operation | 'mix', string>> = {
  'single-writes': 'single writes',
  'batch-writes': `batches of ${BATCH_SIZE} writes`,
  'single-reads': 'single reads',
  'batch-reads': `batches of ${BATCH_SIZE} reads`,
  mix: 'mix, 90 % reads and 10 % writes',
};

export interface WireRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly body?: string;
}

const STATUSES = '/communication-preferences/v4/statuses';

export function isWrite(operation: Operation): boolean {
  return operation.endsWith('writes');
}

/** Contacts that one request of the operation concerns. */
export function contactsPerRequest(operation: Operation): number {
  return operation.startsWith('batch') ? BATCH_SIZE : 1;
}

/** A read takes contacts at random; a write takes those at `position` of the stream of writes. */
export function makeRequest(operation: Operation, population: Population, position: number): WireRequest {
  const anybody = () => addressOf(Math.floor(Math.random() * population.contacts));
  switch (operation) {
    case 'single-reads':
      return { method: 'GET', path: `${STATUSES}/${encodeURIComponent(anybody())}?channel=EMAIL` };
    case 'batch-reads':
      return {
        method: 'POST',
        path: `${STATUSES}/batch/read?channel=EMAIL`,
        body: JSON.stringify({ inputs: Array.from({ length: BATCH_SIZE }, anybody) }),
      };
    case 'single-writes': {
      const { contact, fields } = write(position, population);
      const path = `${STATUSES}/${encodeURIComponent(addressOf(contact))}`;
      return { method: 'POST', path, body: JSON.stringify(fields) };
    }
    case 'batch-writes': {
      const inputs = Array.from({ length: BATCH_SIZE }, (_, index) => {
        const { contact, fields } = write(position + index, population);
        return { subscriberIdString: addressOf(contact), ...fields };
      });
      return { method: 'POST', path: `${STATUSES}/batch/write`, body: JSON.stringify({ inputs }) };
    }
  }
}

function write(position: number, population: Population) {
  const { contact, subscriptionId, state, channel, legalBasis, legalBasisExplanation } = writeAt(position, population);
  const evidence = legalBasis === null ? {} : { legalBasis, legalBasisExplanation };
  return { contact, fields: { subscriptionId, statusState: state, channel, ...evidence } };
}
