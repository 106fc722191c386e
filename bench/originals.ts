/** One population in every engine, made once. */
import type { Bench } from './bench.ts';
import type { BenchDatabase, Engine } from './engines/engine.ts';
import type { Population } from './population.ts';
import { loadSubscribers } from './subscribers/load.ts';

export type Originals = ReadonlyMap<Engine, BenchDatabase>;

/** Every engine's database is loaded at once; as it was loaded, to be copied or worked on. */
export async function loadEverywhere(
  { engines, scratch, progress }: Bench,
  population: Population,
): Promise<Originals> {
  progress.step(`loading ${population.contacts.toLocaleString('en')} subscribers`);
  const originals = new Map<Engine, BenchDatabase>();
  for (const engine of engines) originals.set(engine, await engine.create(population, scratch));
  await loadSubscribers(
    Array.from(originals.values(), ({ url }) => url),
    population,
  );
  return originals;
}
