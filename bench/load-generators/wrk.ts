/** wrk: a tenth of the processor time of any generator in JavaScript, which counts where the cores are shared. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { TOKEN, typeId } from '../population.ts';
import { type Load, LoadFailed, type LoadGenerator, type Measured } from './load-generator.ts';

const SCRIPT = fileURLToPath(new URL('requests.lua', import.meta.url));
/** wrk measures whole seconds; it is told to go on for long and interrupted, after which it reports all the same. */
const LONG = '600s';

/** wrk where it is installed; null elsewhere. */
export function findWrk(): LoadGenerator | null {
  const { stdout, error } = spawnSync('wrk', ['--version'], { encoding: 'utf8' });
  const version = /^wrk (\S+)/m.exec(stdout ?? '')?.[1];
  return error || !version ? null : { name: `wrk ${version}`, run: runWrk };
}

async function runWrk(load: Load): Promise<Measured> {
  const { operation, population, position, seed, connections } = load;
  const flags = ['-t', '1', '-c', String(connections), '-d', LONG, '--timeout', '30s', '-s', SCRIPT, load.url, '--'];
  const script = [operation, TOKEN, population.contacts, population.typesEach, position, seed, typeId(0)].map(String);
  const child = spawn('wrk', [...flags, ...script], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const ended = once(child, 'close');
  await Promise.race([sleep(load.durationMs), ended]);
  child.kill('SIGINT');
  await ended;
  return parseWrk(output.stdout, output.stderr);
}

/** Reads the line that `requests.lua` writes at the end. */
export function parseWrk(stdout: string, stderr = ''): Measured {
  const line = /^\{"completed".*\}$/m.exec(stdout)?.[0];
  if (!line)
    throw new LoadFailed(`wrk said nothing that can be read: ${(stderr || stdout).trim() || 'nothing at all'}`);
  const { completed, durationUs, p50Us, p99Us, issued, refused, broken } = JSON.parse(line);
  if (broken > 0) throw new LoadFailed(`${broken} requests were not answered at all`);
  const answered = completed - refused;
  const perSecond = answered / (durationUs / 1e6);
  return { answered, refused, refusal: null, issued, perSecond, p50Ms: p50Us / 1e3, p99Ms: p99Us / 1e3 };
}
