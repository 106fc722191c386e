/** Fills a store with what OAuth needs of a seed: who may sign in, and which app may act for which account. */
import { readScopes } from '../actions/manage-tokens.ts';
import { hashPassword } from '../actions/passwords.ts';
import { parseAddress } from '../domain/address.ts';
import { problemOfPassword } from '../domain/password.ts';
import type { Store } from '../storage/port.ts';
import { FIRST_OPERATOR_ID, OPERATOR, PASSWORD_COST_OF_TESTS } from './defaults.ts';
import type { Seed, SeedInstallation, SeedOperator } from './seed.ts';
import { instantAt, listed, valueOrFault } from './seed-checks.ts';
import { faultAt } from './seed-fault.ts';

/** Those of the seed, or the one there is without. */
export function operatorsOf({ operators = [OPERATOR] }: Seed): readonly SeedOperator[] {
  return operators;
}

/** After the accounts. `now` is the instant of what the seed does not date, in epoch milliseconds. Throws `SeedFault`. */
export async function plantOperators(store: Store, seed: Seed, now: number): Promise<void> {
  const accounts = await store.catalog.listAccounts();
  for (const [index, operator] of operatorsOf(seed).entries()) {
    const at = `operators[${index}]`;
    const { email, password, id = FIRST_OPERATOR_ID + index, totpSecret = null, accountIds = null } = operator;
    refuseUnlessSignable(operator, at);
    const stranger = accountIds?.find((each) => accounts.every((account) => account.id !== each));
    if (stranger !== undefined) {
      throw faultAt(`${at}.accountIds`, `held ${stranger}, which is no account. Allowed: ${listed(accounts)}`);
    }
    const createdAt = instantAt(operator.createdAt, `${at}.createdAt`) ?? now;
    const passwordHash = await hashPassword(password, PASSWORD_COST_OF_TESTS);
    const planted = { id, email, passwordHash, totpSecret, accountIds, createdAt, updatedAt: createdAt };
    if ((await store.operators.insert(planted)) === 'taken') {
      throw faultAt(at, 'has the id or the e-mail address of one before it. Allowed: each only once');
    }
  }
}

const BASE32 = /^[A-Z2-7]{16,}$/;

function refuseUnlessSignable({ email, password, totpSecret }: SeedOperator, at: string): void {
  if (!parseAddress(email)) {
    throw faultAt(`${at}.email`, `was ${JSON.stringify(email.slice(0, 80))}, which is no e-mail address`);
  }
  const problem = problemOfPassword(password, email);
  if (problem !== null) throw faultAt(`${at}.password`, problem);
  if (totpSecret !== undefined && !BASE32.test(totpSecret)) {
    throw faultAt(`${at}.totpSecret`, 'was no key. Allowed: at least 16 characters of base32, in upper case');
  }
}

/** After the operators. `accountIds` are those of the seed's accounts, in their order. Throws `SeedFault`. */
export async function plantInstallations(
  store: Store,
  { accounts }: Seed,
  accountIds: readonly number[],
  now: number,
): Promise<void> {
  for (const [index, accountId] of accountIds.entries()) {
    for (const [each, installation] of (accounts[index]?.installations ?? []).entries()) {
      await plantInstallation(store, accountId, installation, `accounts[${index}].installations[${each}]`, now);
    }
  }
}

async function plantInstallation(
  store: Store,
  accountId: number,
  { clientId, scopes, installedBy = null, ...instants }: SeedInstallation,
  at: string,
  now: number,
): Promise<void> {
  const found = await store.authorizations.findApp(clientId);
  if (!found) throw faultAt(`${at}.clientId`, `was ${clientId}, which is no app of the seed`);
  if (await store.authorizations.findInstallation(accountId, clientId)) {
    throw faultAt(`${at}.clientId`, 'is of an app that is installed in the account already. Allowed: each only once');
  }
  const operator = installedBy === null ? null : await store.operators.findByEmail(installedBy);
  if (installedBy !== null && !operator) {
    throw faultAt(`${at}.installedBy`, `was ${JSON.stringify(installedBy.slice(0, 80))}, which is no operator's`);
  }
  const installedAt = instantAt(instants.installedAt, `${at}.installedAt`) ?? now;
  const installed = await store.authorizations.install({
    accountId,
    clientId,
    appId: found.app.id,
    scopes: valueOrFault(readScopes(scopes)),
    installedBy: operator?.id ?? null,
    installedAt,
    updatedAt: instantAt(instants.updatedAt, `${at}.updatedAt`) ?? installedAt,
  });
  if (installed === 'taken') {
    throw faultAt(`${at}.clientId`, `is of an app with the id ${found.app.id}, which another app has in the account`);
  }
}
