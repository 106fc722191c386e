/** Opens the store for whoever has to explain to a person why that did not work. */
import { openStore, type ReadFrom } from './storage/open-store.ts';
import { type Store, StoreUnavailable } from './storage/port.ts';

/** As `openStore`, except that a URL which cannot be read is a database which cannot be used. */
export async function openDatabase(databaseUrl: string, readFrom: ReadFrom | null = null): Promise<Store> {
  try {
    return await openStore(databaseUrl, readFrom);
  } catch (error) {
    if (error instanceof StoreUnavailable || !(error instanceof Error)) throw error;
    throw new StoreUnavailable(error.message, { cause: error });
  }
}
