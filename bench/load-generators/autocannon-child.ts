/** The process that autocannon loads from: takes a load as its argument, prints a tally an operation, and ends. */
import autocannon from 'autocannon';
import { contactsPerRequest, isWrite, makeRequest, OPERATIONS } from '../operations.ts';
import { peerNamed } from '../peers/peers.ts';
import { TOKEN } from '../population.ts';
import { quantile } from '../statistics.ts';
import type { MixedLoad, Tally } from './autocannon.ts';

/** How often autocannon looks whether to stop. */
const TICK_MS = 50;

const load = JSON.parse(process.argv[2] ?? '') as MixedLoad;
const kinds = load.operations.map(({ operation, share }) => ({
  ...maker(operation),
  share,
  issued: 0,
  refused: 0,
  latenciesMs: [] as number[],
}));
const { host } = new URL(load.url);
let position = load.position;
let broken = 0;
let isOver = false;
/** What the first refusal said, to be told. */
let refusal: string | null = null;

/** How a request is made, and how far that gets in the stream of writes. */
function maker(name: MixedLoad['operations'][number]['operation']) {
  const operation = OPERATIONS.find((each) => each === name);
  if (!operation) return { make: (at: number) => peerNamed(name).write(at, load.population), contacts: 1 };
  const contacts = isWrite(operation) ? contactsPerRequest(operation) : 0;
  return { make: (at: number) => makeRequest(operation, load.population, at), contacts };
}

function pick(): (typeof kinds)[number] {
  let left = Math.random();
  for (const kind of kinds) {
    left -= kind.share;
    if (left < 0) return kind;
  }
  return kinds[0]!;
}

function nextRequest(kind: (typeof kinds)[number]) {
  const { method, path, body } = kind.make(position);
  position += kind.contacts;
  kind.issued += 1;
  const headers = {
    host,
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
      let body: Buffer | string = '';
      client.on('body', (chunk: Buffer) => {
        body = chunk;
      });
      client.on('response', (status, _bytes, tookMs) => {
        if (isOver) return;
        if (status >= 200 && status < 300) sent.latenciesMs.push(tookMs);
        else {
          sent.refused += 1;
          refusal ??= `${status} ${body.toString().slice(0, 300)}`;
        }
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
  return { answered: latenciesMs.length, issued, refused, refusal, broken, durationMs, p50Ms, p99Ms };
}
