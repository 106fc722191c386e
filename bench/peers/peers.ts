/** Others that people record consent with, or stand in for HubSpot with: what they are and what is asked of them. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { makeRequest, type WireRequest } from '../operations.ts';
import { addressOf, type Population, writeAt } from '../population.ts';
import type { Command } from '../server-process.ts';

export interface Peer {
  readonly name: PeerName;
  readonly title: string;
  /** What it does with a write, in a sentence. */
  readonly does: string;
  /** How it is started, with a folder of its own to keep things in; `openApi` is Optio's own description. */
  readonly command: (folder: string, port: number, openApi: string) => Promise<Command>;
  /** One change of one contact, as its own API has it. */
  readonly write: (position: number, population: Population) => WireRequest;
  /** How many writes it has kept; null where it keeps none. */
  readonly countKept: ((folder: string) => Promise<number>) | null;
}

export type PeerName = 'c15t' | 'prism' | 'json-server';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const installed = (path: string) => join(HERE, 'node_modules', path);

/** As large as a file that somebody would fake an API with, and then some. */
const JSON_CONTACTS = 10_000;
/** It writes its file after answering. */
const JSON_SETTLES_MS = 1_500;

export const PEERS: readonly Peer[] = [
  {
    name: 'c15t',
    title: '@c15t/backend',
    does: 'A self-hosted consent server: each write appends a consent record to SQLite, durably (WAL, synced at every commit, as Optio), through Kysely and node:sqlite, behind Hono.',
    command: async (folder) => ({
      command: process.execPath,
      args: [join(HERE, 'c15t.js'), join(folder, 'c15t.db')],
      listening: /^Listening on (http:\/\/\S+)$/m,
    }),
    write: (position, population) => {
      const { contact, subscriptionId, state } = writeAt(position, population);
      const body = {
        type: 'marketing_communications',
        // Its ids are base 58, which has no zero.
        subjectId: `sub_${String(contact).replaceAll('0', 'z')}`,
        domain: 'example.com',
        givenAt: Date.now(),
        preferences: { [subscriptionId]: state === 'SUBSCRIBED' },
      };
      return { method: 'POST', path: '/subjects', body: JSON.stringify(body) };
    },
    countKept: async (folder) => {
      const database = new DatabaseSync(join(folder, 'c15t.db'), { readOnly: true });
      try {
        return (database.prepare('SELECT count(*) AS kept FROM consent').get() as { kept: number }).kept;
      } finally {
        database.close();
      }
    },
  },
  {
    name: 'prism',
    title: 'Stoplight Prism',
    does: "A mock of Optio's own OpenAPI file, validating each request and answering an example. It keeps nothing: what it loses to Optio it loses without a disk.",
    command: async (folder, port, openApi) => {
      const path = join(folder, 'openapi.json');
      await writeFile(path, openApi);
      const flags = ['--port', String(port), '--host', '127.0.0.1', '--verboseLevel', 'info'];
      return {
        command: process.execPath,
        args: [installed('@stoplight/prism-cli/dist/index.js'), 'mock', ...flags, path],
        listening: /Prism is listening/,
        url: `http://127.0.0.1:${port}`,
      };
    },
    write: (position, population) => makeRequest('single-writes', population, position),
    countKept: null,
  },
  {
    name: 'json-server',
    title: 'JSON Server',
    does: `What APIs are usually faked with: ${JSON_CONTACTS.toLocaleString('en')} contacts, a status each, in one JSON file, which it writes anew after each change. It answers before that and never syncs, so its writes are not durable.`,
    command: async (folder, port) => {
      const statuses = Array.from({ length: JSON_CONTACTS }, (_, contact) => ({ id: addressOf(contact), changed: 0 }));
      await writeFile(join(folder, 'db.json'), JSON.stringify({ statuses }));
      return {
        command: process.execPath,
        args: [installed('json-server/lib/cli/bin.js'), '--host', '127.0.0.1', '--port', String(port), 'db.json'],
        cwd: folder,
        listening: /Resources/,
        url: `http://127.0.0.1:${port}`,
      };
    },
    write: (position, population) => {
      const { contact, subscriptionId, state, channel } = writeAt(position, population);
      const path = `/statuses/${encodeURIComponent(addressOf(contact % JSON_CONTACTS))}`;
      const body = { subscriptionId, statusState: state, channel, changed: 1 };
      return { method: 'PUT', path, body: JSON.stringify(body) };
    },
    countKept: async (folder) => {
      await sleep(JSON_SETTLES_MS);
      const { statuses } = JSON.parse(await readFile(join(folder, 'db.json'), 'utf8'));
      return (statuses as { changed: number }[]).filter(({ changed }) => changed === 1).length;
    },
  },
];

export function peerNamed(name: string): Peer {
  const peer = PEERS.find((each) => each.name === name);
  if (!peer) throw new Error(`There is no peer ${name}`);
  return peer;
}
