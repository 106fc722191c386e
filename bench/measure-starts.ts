/** From the start of the process to its first answer to a real question, as somebody who runs it in CI would wait. */
import type { Bench } from './bench.ts';
import { LoadFailed } from './load-generators/load-generator.ts';
import { makeRequest } from './operations.ts';
import { type Population, TOKEN } from './population.ts';
import { optioCommand, startServer } from './server-process.ts';
import { type Spread, spreadOf } from './statistics.ts';

/** Milliseconds; the first start, which compiles the sources for all later ones, does not count. */
export async function measureStarts(bench: Bench, databaseUrl: string, population: Population): Promise<Spread> {
  await startOnce(bench, databaseUrl, population);
  const took: number[] = [];
  for (let round = 0; round < bench.scale.rounds; round++) took.push(await startOnce(bench, databaseUrl, population));
  return spreadOf(took);
}

async function startOnce(bench: Bench, databaseUrl: string, population: Population): Promise<number> {
  const startedAt = performance.now();
  const server = await startServer(bench.scratch, optioCommand(databaseUrl));
  const { path } = makeRequest('single-reads', population, 0);
  const response = await fetch(server.url + path, { headers: { authorization: `Bearer ${TOKEN}` } });
  await response.text();
  const took = performance.now() - startedAt;
  await server.stop();
  if (response.status !== 200) throw new LoadFailed(`the first answer was ${response.status}`);
  return took;
}
