/** Creates, lists and changes accounts. */
import { PLAIN_LOOK } from '../domain/brand-look.ts';
import {
  type Account,
  DEFAULT_DEFINITIONS,
  type MailRule,
  type SubscriptionDefinition,
  type Token,
} from '../domain/catalog.ts';
import type { NewAccount } from '../storage/port.ts';
import type { Randomness } from './context.ts';
import { composeApp } from './manage-apps.ts';
import { checkId, checkName, firstProblem, insertWithId, tidy } from './manage-checks.ts';
import { done, instantAfter, type Management, type ManageOutcome, persist, refused } from './manage-outcome.ts';

export interface AccountWish {
  readonly id?: number | undefined;
  readonly name: string;
  readonly dataPrivacy?: boolean | undefined;
  /** `opt-in` where nothing is said. */
  readonly mailRule?: MailRule | undefined;
  /** For good where nothing is said. */
  readonly keepEvidenceMonths?: number | null | undefined;
}

export interface AccountChange {
  readonly name?: string | undefined;
  readonly dataPrivacy?: boolean | undefined;
  readonly mailRule?: MailRule | undefined;
  readonly keepEvidenceMonths?: number | null | undefined;
}

/** All accounts, the first one first. */
export async function listAccounts({ store }: Management): Promise<Account[]> {
  const accounts = await store.catalog.listAccounts();
  return accounts.sort((a, b) => a.createdAt - b.createdAt || a.id - b.id);
}

/** The account of that id; without one, the only account there is. */
export async function findAccount(management: Management, id: number | undefined): Promise<ManageOutcome<Account>> {
  const accounts = await listAccounts(management);
  if (id === undefined && accounts.length > 1) {
    return refused({ code: 'ambiguous', thing: 'account', ids: accounts.map((account) => account.id) });
  }
  const account = id === undefined ? accounts[0] : accounts.find((candidate) => candidate.id === id);
  return account ? done(account) : refused({ code: 'not-found', thing: 'account', id: id ?? 'yet' });
}

/** Creates an account as HubSpot makes one: with its own brand 0 and three definitions; and with one app. */
export async function createAccount(management: Management, wish: AccountWish): Promise<ManageOutcome<Account>> {
  const problem = firstProblem(checkId('id', wish.id), checkName('name', wish.name));
  if (problem) return refused(problem);
  const outcome = await insertWithId(management, 'account', wish.id, async (id) => {
    const whole = composeAccount(management, { ...wish, id });
    const result = await management.store.catalog.insertAccount(whole);
    return result === 'taken' ? 'taken' : done(whole.account);
  });
  management.catalogs.clear();
  return outcome;
}

/** Changes what is given and leaves the rest. */
export async function updateAccount(
  management: Management,
  accountId: number,
  change: AccountChange,
): Promise<ManageOutcome<Account>> {
  const problem = checkName('name', change.name);
  if (problem) return refused(problem);
  const outcome = await persist<Account>('account', async () => {
    const before = (await management.store.catalog.loadCatalog(accountId))?.account;
    if (!before) return refused({ code: 'not-found', thing: 'account', id: accountId });
    const name = change.name === undefined ? before.name : tidy(change.name);
    const dataPrivacy = change.dataPrivacy ?? before.dataPrivacy;
    const mailRule = change.mailRule ?? before.mailRule;
    const { keepEvidenceMonths = before.keepEvidenceMonths } = change;
    const wanted = { ...before, name, dataPrivacy, mailRule, keepEvidenceMonths };
    if (JSON.stringify(wanted) === JSON.stringify(before)) return done(before);
    const after = { ...wanted, updatedAt: instantAfter(management.clock, before.updatedAt) };
    const result = await management.store.catalog.updateAccount(after, before.updatedAt);
    return result === 'stale' ? null : done(after);
  });
  management.catalogs.clear();
  return outcome;
}

/**
 * A new account, whole. `tokens` are made for it once its id and its app's are known. Its definitions are created at
 * one instant, so their ids go up in the order that HubSpot lists them.
 */
export function composeAccount(
  management: Management,
  wish: AccountWish & { readonly id: number },
  tokens: (accountId: number, appId: number, now: number) => readonly Token[] = () => [],
): NewAccount {
  const { randomness } = management;
  const now = management.clock();
  const created = { createdAt: now, updatedAt: now };
  const app = composeApp(management, { id: randomness.id(), name: 'Default app', createdAt: now });
  const name = tidy(wish.name);
  return {
    account: {
      id: wish.id,
      name,
      dataPrivacy: wish.dataPrivacy ?? false,
      mailRule: wish.mailRule ?? 'opt-in',
      keepEvidenceMonths: wish.keepEvidenceMonths ?? null,
      ...created,
    },
    businessUnits: [{ id: 0, name, look: PLAIN_LOOK, ...created }],
    definitions: defaultDefinitions(randomness, created),
    apps: [app],
    tokens: tokens(wish.id, app.id, now),
  };
}

function defaultDefinitions(
  randomness: Randomness,
  created: { createdAt: number; updatedAt: number },
): SubscriptionDefinition[] {
  const ids = new Set<number>();
  while (ids.size < DEFAULT_DEFINITIONS.length) ids.add(randomness.id());
  const ascending = [...ids].sort((a, b) => a - b);
  return DEFAULT_DEFINITIONS.map((definition, index) => ({
    id: ascending[index]!,
    businessUnitId: 0,
    ...definition,
    communicationMethod: 'Email',
    isActive: true,
    isDefault: true,
    translations: [],
    ...created,
  }));
}
