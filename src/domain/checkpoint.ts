/**
 * Checkpoints: signed statements that the ledger began with so many events and that their tree has this root. Each
 * covers the one before. `docs/verification.md` describes them for verifiers that are not ours.
 */
import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';

const FORMAT = 'optio-checkpoint/1';

/** What is signed. */
export interface CheckpointStatement {
  /** 1 for the first, and one more each. */
  readonly number: number;
  /** How many events it covers: all whose ids are not later than `closedThrough`. */
  readonly size: number;
  /** Of the tree of RFC 9162 over their hashes, in the order of their ids: 64 hexadecimal digits. */
  readonly root: string;
  /** The form of an event's id. */
  readonly closedThrough: string;
  /** ISO 8601, in UTC. */
  readonly sealedAt: string;
  /** The hash of the checkpoint before, 64 hexadecimal digits; null for the first. */
  readonly previous: string | null;
  /** The Ed25519 key that signs it: its 32 octets, as 64 hexadecimal digits. */
  readonly publicKey: string;
}

export interface Checkpoint extends CheckpointStatement {
  /** Ed25519 (RFC 8032) over the canonical text: 128 hexadecimal digits. */
  readonly signature: string;
}

/** The key of an installation. */
export interface SigningKey {
  readonly publicKey: string;
  readonly sign: (text: string) => string;
}

/** What an Ed25519 key's octets stand behind in PKCS #8 and in SPKI (RFC 8410, section 7 and 4). */
const PRIVATE_KEY_PREFIX = '302e020100300506032b657004220420';
const PUBLIC_KEY_PREFIX = '302a300506032b6570032100';

/** By the seed of RFC 8032: 64 hexadecimal digits. */
export function signingKey(seed: string): SigningKey {
  const der = Buffer.from(PRIVATE_KEY_PREFIX + seed, 'hex');
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return {
    publicKey: spki.subarray(PUBLIC_KEY_PREFIX.length / 2).toString('hex'),
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString('hex'),
  };
}

function verifyingKey(publicKey: string): KeyObject {
  return createPublicKey({ key: Buffer.from(PUBLIC_KEY_PREFIX + publicKey, 'hex'), format: 'der', type: 'spki' });
}

/** The text whose bytes are signed and hashed: canonical JSON (RFC 8785), the names in order and no white space. */
export function checkpointText(statement: CheckpointStatement): string {
  const { closedThrough, number, previous, publicKey, root, sealedAt, size } = statement;
  return JSON.stringify({ closedThrough, format: FORMAT, number, previous, publicKey, root, sealedAt, size });
}

/** What the next checkpoint names as `previous`. */
export function checkpointHash(statement: CheckpointStatement): string {
  return hash('sha256', checkpointText(statement), 'hex');
}

export function sealCheckpoint(statement: Omit<CheckpointStatement, 'publicKey'>, key: SigningKey): Checkpoint {
  const whole = { ...statement, publicKey: key.publicKey };
  return { ...whole, signature: key.sign(checkpointText(whole)) };
}

/** As it is published: what is signed, and the signature. */
export function publishedCheckpoint(checkpoint: Checkpoint): Checkpoint & { readonly format: string } {
  const { number, size, root, closedThrough, sealedAt, previous, publicKey, signature } = checkpoint;
  return { format: FORMAT, number, size, root, closedThrough, sealedAt, previous, publicKey, signature };
}

const HASH = /^[0-9a-f]{64}$/;
const SIGNATURE = /^[0-9a-f]{128}$/;
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Reads what was published; null for what is no checkpoint. Says nothing of its signature. */
export function readCheckpoint(value: unknown): Checkpoint | null {
  if (typeof value !== 'object' || value === null) return null;
  const { format, number, size, root, closedThrough, sealedAt, previous, publicKey, signature } = value as Record<
    string,
    unknown
  >;
  const isWhole =
    format === FORMAT &&
    isCount(number) &&
    isCount(size) &&
    matches(HASH, root) &&
    matches(ID, closedThrough) &&
    matches(INSTANT, sealedAt) &&
    (previous === null || matches(HASH, previous)) &&
    matches(HASH, publicKey) &&
    matches(SIGNATURE, signature);
  return isWhole ? { number, size, root, closedThrough, sealedAt, previous, publicKey, signature } : null;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function matches(pattern: RegExp, value: unknown): value is string {
  return typeof value === 'string' && pattern.test(value);
}

export type CheckpointProblem =
  | 'wrong-signature'
  | 'number-gap'
  | 'wrong-previous-checkpoint'
  | 'another-key'
  | 'size-not-larger'
  | 'horizon-not-later';

/** What is wrong with a checkpoint by itself and after the one before it; null where nothing is. */
export function findCheckpointProblem(checkpoint: Checkpoint, before: Checkpoint | null): CheckpointProblem | null {
  if (!hasValidSignature(checkpoint)) return 'wrong-signature';
  if (checkpoint.number !== (before?.number ?? 0) + 1) return 'number-gap';
  if (checkpoint.previous !== (before && checkpointHash(before))) return 'wrong-previous-checkpoint';
  if (before && checkpoint.publicKey !== before.publicKey) return 'another-key';
  if (checkpoint.size <= (before?.size ?? 0)) return 'size-not-larger';
  if (before && checkpoint.closedThrough <= before.closedThrough) return 'horizon-not-later';
  return null;
}

export function hasValidSignature(checkpoint: Checkpoint): boolean {
  const { publicKey, signature } = checkpoint;
  return verify(null, Buffer.from(checkpointText(checkpoint)), verifyingKey(publicKey), Buffer.from(signature, 'hex'));
}
