/** The process that autocannon loads from: takes a load as its argument, prints a tally an operation, and ends. */
import autocannon from 'autocannon';
import { contactsPerRequest, isWrite, makeRequest } from '../operations.ts';
import { TOKEN } from '../population.ts';
import { quantile } from '../statistics.ts';
import type { MixedLoad, Tally } from './autocannon.ts';

/** How often autocannon looks whether to stop. */
const TICK_MS = 50;

const load = JSON.parse(process.argv[2] ?? '') as MixedLoad;
const kinds = load.operations.map(({ operation, share }) => ({
  operation,
  share,
  issued: 0,
  refused: 0,
  latenciesMs: [] as number[],
}));
let position = load.position;
let broken = 0;
let isOver = false;

function pick(): (typeof kinds)[number] {
  let left = Math.random();
  for (const kind of kinds) {
    left -= kind.share;
    if (left < 0) return kind;
  }
  return kinds[0]!;
}

function nextRequest(kind: (typeof kinds)[number]) {
  const { method, path, body } = makeRequest(kind.operation, load.population, position);
  if (isWrite(kind.operation)) position += contactsPerRequest(kind.operation);
  kind.issued += 1;
  const headers = {
    authorization: `Bearer ${TOKEN}`,
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  return { method, path, headers, body: body ?? '' };
}

const startedAt = performance.now();
const running = autocannon(
  {
    url: load.url,
    connections: load.connections,
    duration: 3_600,
    timeout: 30,
    sampleInt: TICK_MS,
    // A connection sends a request after the other, so the answer that comes is to the last one sent.
    setupClient: (client) => {
      let sent = kinds[0]!;
      client.setRequests([
        {
          setupRequest: () => {
            sent = pick();
            return nextRequest(sent);
          },
        },
      ]);
      client.on('response', (status, _bytes, tookMs) => {
        if (isOver) return;
        if (status >= 200 && status < 300) sent.latenciesMs.push(tookMs);
        else sent.refused += 1;
      });
    },
  },
  () => {
    console.log(JSON.stringify(kinds.map(tally)));
    process.exit();
  },
);
running.on('reqError', () => {
  if (!isOver) broken += 1;
});

let durationMs = 0;
setTimeout(() => {
  isOver = true;
  durationMs = performance.now() - startedAt;
  (running as unknown as { stop(): void }).stop();
}, load.durationMs);

function tally({ latenciesMs, issued, refused }: (typeof kinds)[number]): Tally {
  latenciesMs.sort((a, b) => a - b);
  const [p50Ms, p99Ms] = [quantile(latenciesMs, 0.5), quantile(latenciesMs, 0.99)];
  return { answered: latenciesMs.length, issued, refused, broken, durationMs, p50Ms, p99Ms };
}
