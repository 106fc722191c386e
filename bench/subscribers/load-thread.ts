/** A thread of the loader: computes its share of the keys, waits for the others, then makes and writes its share of the contacts. */
import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { fillKeys, type Keys, keyAt, orderShare } from './key-order.ts';
import { postgresSink } from './postgres-sink.ts';
import { produceSubscriber } from './produce.ts';
import type { Sink } from './sink.ts';
import { fileOf, partPath, sqliteSink } from './sqlite-sink.ts';

export interface ThreadTask {
  readonly databaseUrls: readonly string[];
  readonly keys: Keys;
  readonly typesEach: number;
  readonly part: number;
  readonly parts: number;
}

/** Contacts between two looks at whether there is room for more, and two words about how far it is. */
const STRIDE = 1_000;

const { databaseUrls, keys, typesEach, part, parts } = workerData as ThreadTask;

fillKeys(keys, part, parts);
parentPort!.postMessage('keys');
await once(parentPort!, 'message');

const sinks: Sink[] = [];
for (const url of databaseUrls) {
  const file = fileOf(url);
  sinks.push(file ? sqliteSink(partPath(file, part)) : await postgresSink(url));
}
const { contacts, firstPlace } = orderShare(keys, part, parts);
for (let index = 0; index < contacts.length; index++) {
  const contact = contacts[index]!;
  const change = produceSubscriber(contact, keyAt(keys, contact), firstPlace + index, typesEach);
  for (const sink of sinks) sink.write(change);
  if (index % STRIDE === STRIDE - 1) {
    for (const sink of sinks) await sink.drained();
    parentPort!.postMessage(STRIDE);
  }
}
for (const sink of sinks) await sink.finish();
parentPort!.close();
