/** The processes of `optio serve --workers N`, as its log tells of them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { OptioServer } from './optio-process.ts';

const PATIENCE_MS = 60_000;

/** What the log holds so far. A line may still be on its way. */
// biome-ignore lint/suspicious/noExplicitAny: lines are looked at field by field
export function logOf({ stderr }: OptioServer): any[] {
  const whole = stderr.slice(0, stderr.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}

/** The process ids of all workers that ever said they serve, in that order. */
export function startedWorkers(server: OptioServer): number[] {
  return logOf(server).flatMap(({ msg, pid }) => (msg === 'started' ? [pid] : []));
}

/** Resolves once `isSo`; rejects where that takes so long that it never will. */
export async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`Waited in vain until ${what}`);
    await sleep(20);
  }
}
