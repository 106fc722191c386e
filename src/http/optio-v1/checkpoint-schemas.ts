/** Checkpoints, as the management API answers them: `docs/verification.md` says what they mean. */
import { INSTANT, pageOf } from './schemas.ts';

const HASH = { type: 'string' } as const;

export const CHECKPOINTS = pageOf('Checkpoints', {
  title: 'Checkpoint',
  type: 'object',
  additionalProperties: false,
  required: ['format', 'number', 'size', 'root', 'closedThrough', 'sealedAt', 'previous', 'publicKey', 'signature'],
  properties: {
    format: { type: 'string', description: 'optio-checkpoint/1' },
    number: { type: 'integer', description: '1 for the first, and one more each.' },
    size: { type: 'integer', format: 'int64', description: 'How many events it covers, of all accounts.' },
    root: { ...HASH, description: 'Of the tree over their hashes (RFC 9162), 64 hexadecimal digits.' },
    closedThrough: { type: 'string', description: 'It covers every event whose id is not later than this.' },
    sealedAt: INSTANT,
    previous: { type: ['string', 'null'], description: 'The hash of the checkpoint before; null of the first.' },
    publicKey: { ...HASH, description: 'The Ed25519 key that signed it, 64 hexadecimal digits.' },
    signature: { type: 'string', description: '128 hexadecimal digits, over all of the above.' },
  },
});
