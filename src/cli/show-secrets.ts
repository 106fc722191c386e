/** Secrets at the one moment they are known, as they are printed for people. */
import { describeToken } from '../actions/describe-catalog.ts';
import type { IssuedToken } from '../actions/manage-tokens.ts';
import { formatFields } from './table.ts';

/** The token first, so that it is not overlooked. */
export function showIssuedToken({ token, secret }: IssuedToken): string {
  const { id, appId, scopes, expiresAt, allowedNetworks, oldSecret } = describeToken(token);
  const fields = formatFields([
    ['id', id],
    ['app', String(appId)],
    ['scopes', scopes.join(', ')],
    ['expires', expiresAt ?? 'never'],
    ...(allowedNetworks.length > 0 ? [['from', allowedNetworks.join(', ')] as const] : []),
    ...(oldSecret ? [['old token', `…${oldSecret.hint}, ${endOf(oldSecret.endsAt)}`] as const] : []),
  ]);
  return `${secret}\n\nThe token is shown only this once: keep it now.\n\n${fields}`;
}

/** How long an old secret works, given its end in ISO 8601. */
export function endOf(endsAt: string): string {
  return Date.parse(endsAt) <= Date.now() ? 'works no more' : `works until ${endsAt}`;
}
