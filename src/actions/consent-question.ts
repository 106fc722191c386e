/** What an operator is asked when an app wants to act for an account. */
import type { Account } from '../domain/catalog.ts';
import { mayActFor, type Operator } from '../domain/operator.ts';
import type { ConsentRequest } from './authorization-server.ts';
import type { Context } from './context.ts';

export interface ConsentQuestion {
  readonly request: ConsentRequest;
  /** Those that the operator may choose from, the oldest first. */
  readonly accounts: readonly Account[];
  /** Whose app it is; null where there is one account only, so that it can be nobody else's. */
  readonly owner: Account | null;
}

/** Null where the request is over, or another browser's; `cookies` are the `Cookie` header. */
export async function readConsentQuestion(
  context: Context,
  operator: Operator,
  uid: string,
  cookies: string | undefined,
): Promise<ConsentQuestion | null> {
  const server = await context.authorizationServer();
  const request = await server.consentRequest(uid, cookies);
  if (!request) return null;
  const all = await context.store.catalog.listAccounts();
  const accounts = all.filter(({ id }) => mayActFor(operator, id));
  const owner = all.length > 1 ? (all.find(({ id }) => id === request.app.accountId) ?? null) : null;
  return { request, accounts, owner };
}
