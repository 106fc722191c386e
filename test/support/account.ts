/** An account to test with, and a context on a fresh embedded database. */
import type { Context } from '../../src/actions/context.ts';
import { type ContextOptions, createContext, stopContext } from '../../src/actions/create-context.ts';
import type { WantedChange } from '../../src/actions/gathering.ts';
import { parseAddress, subscriberKey } from '../../src/domain/address.ts';
import { PLAIN_LOOK } from '../../src/domain/brand-look.ts';
import type { ChangeRequest } from '../../src/domain/outcome.ts';
import { openStore } from '../../src/storage/open-store.ts';
import type { NewAccount, Store, SubscriberRef } from '../../src/storage/port.ts';
import { app, definition } from './subjects.ts';

export const CREATED_AT = Date.UTC(2026, 0, 1);

/** An account with brands 0 and 5, an app `id * 10`, and definitions numbered from `id * 100 + 1`. */
export function newAccount(id: number, definitionCount = 3): NewAccount {
  const instants = { createdAt: CREATED_AT, updatedAt: CREATED_AT };
  return {
    account: {
      id,
      name: `Account ${id}`,
      dataPrivacy: false,
      mailRule: 'opt-in',
      keepEvidenceMonths: null,
      ...instants,
    },
    businessUnits: [
      { id: 0, name: `Account ${id}`, look: PLAIN_LOOK, ...instants },
      { id: 5, name: 'Brand five', look: PLAIN_LOOK, ...instants },
    ],
    definitions: Array.from({ length: definitionCount }, (_, index) => {
      const createdAt = CREATED_AT + index + 1;
      return definition(id * 100 + index + 1, { createdAt, updatedAt: createdAt });
    }),
    apps: [app(id * 10, instants)],
    tokens: [],
  };
}

export interface OpenContext {
  readonly context: Context;
  readonly store: Store;
  readonly close: () => Promise<void>;
}

/** A context on an embedded database of its own, with account 1; `wrap` may stand between the two. */
export async function openContext(options: ContextOptions = {}, wrap = (store: Store) => store): Promise<OpenContext> {
  const store = await openStore('sqlite::memory:');
  await store.migrate();
  await store.catalog.insertAccount(newAccount(1));
  const context = await createContext(wrap(store), options);
  const close = async () => {
    await stopContext(context);
    await store.close();
  };
  return { context, store, close };
}

export function refOf(address: string, accountId = 1): SubscriberRef {
  return { accountId, subscriberKey: subscriberKey(accountId, parseAddress(address)!.normalised) };
}

export function wanted(address: string, request: ChangeRequest, accountId = 1): WantedChange {
  return { ref: refOf(address, accountId), address: parseAddress(address)!, request };
}
