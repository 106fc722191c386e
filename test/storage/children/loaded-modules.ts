/** Opens the store at argv[2] and prints whether that loaded `pg`. */
import { createRequire } from 'node:module';
import { openStore } from '../../../src/storage/open-store.ts';

const store = await openStore(process.argv[2] ?? '');
const loaded = Object.keys(createRequire(import.meta.url).cache);
console.log(loaded.some((path) => /[\\/]node_modules[\\/]pg[\\/]/.test(path)) ? 'pg loaded' : 'pg not loaded');
await store.close();
