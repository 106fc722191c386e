/** Runs the scripts of `children/` in processes of their own, all at once. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** One process for each list of arguments; resolves with what each printed, and rejects where one of them fails. */
export function runChildren(script: string, argumentLists: readonly (readonly string[])[]): Promise<string[]> {
  const path = fileURLToPath(new URL(`./children/${script}.ts`, import.meta.url));
  return Promise.all(argumentLists.map((list) => runChild(path, list)));
}

async function runChild(path: string, list: readonly string[]): Promise<string> {
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  const child = spawn(process.execPath, [path, ...list], { stdio: ['ignore', 'pipe', 'pipe'], env: environment });
  const [output, complaints, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  if (code !== 0) throw new Error(`${path} ended with ${signal ?? code}:\n${complaints}`);
  return output;
}
