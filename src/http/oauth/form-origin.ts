/** Whether a form comes from a page of this server: another site may not have an operator's browser send one. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Context } from '../../actions/context.ts';
import type { HiddenFields } from '../../pages/views.ts';
import { fieldOf, formOf } from '../pages/forms.ts';
import type { BrowserSession } from './operator-session.ts';

const PROOF_FIELD = 'csrf';

/**
 * What browsers say about it. `Sec-Fetch-Site` cannot be set by pages, and needs no address of ours to compare with; only
 * browsers that reach this server without https send none. What says nothing at all is no browser of today.
 */
export function isForeign(context: Context, { headers }: FastifyRequest): boolean {
  const { origin, host } = headers;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  if (origin === undefined) return false;
  if (!URL.canParse(origin)) return true;
  return new URL(origin).origin !== new URL(context.site.url).origin && new URL(origin).host !== host;
}

/** What a form for this session alone, and for this purpose, sends along. */
export function proofOf({ secret }: BrowserSession, purpose: string): HiddenFields {
  return [[PROOF_FIELD, proof(secret, purpose)]];
}

/** Whether the form was shown to this session, for this purpose. */
export function isProven(request: FastifyRequest, { secret }: BrowserSession, purpose: string): boolean {
  const shown = Buffer.from(fieldOf(formOf(request), PROOF_FIELD) ?? '');
  const right = Buffer.from(proof(secret, purpose));
  return shown.length === right.length && timingSafeEqual(shown, right);
}

function proof(secret: string, purpose: string): string {
  return createHmac('sha256', secret).update(purpose).digest('base64url');
}
