/** Migrates the database at argv[2] and tries to create account argv[3] as its first; prints what came of it. */
import { openStore } from '../../../src/storage/open-store.ts';
import { newAccount } from '../samples.ts';

const [databaseUrl = '', accountId = ''] = process.argv.slice(2);
const store = await openStore(databaseUrl);
await store.migrate();
console.log(await store.catalog.insertFirstAccount(newAccount(Number(accountId))));
await store.close();
