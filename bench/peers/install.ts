/** Installs the peers at their first use: hundreds of packages that nobody but the bench needs. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Progress } from '../rounds.ts';

const HERE = new URL('.', import.meta.url);

/** Whether what stands in package.json is installed, in its version. */
function arePeersInstalled(): boolean {
  try {
    return Object.entries(wantedVersions()).every(([name, version]) => installedVersion(name) === version);
  } catch {
    return false;
  }
}

/** Takes a minute where something is missing. Rejects with one line where it cannot be had. */
export async function installPeers(progress: Progress): Promise<void> {
  if (arePeersInstalled()) return;
  progress.step('installing the peers into bench/peers/node_modules (npm ci, once)');
  const flags = ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts'];
  const npm = spawn('npm', flags, { cwd: fileURLToPath(HERE), stdio: ['ignore', 'ignore', 'pipe'] });
  let complaints = '';
  npm.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  const [code] = await once(npm, 'close');
  if (code !== 0) throw new Error(`npm ci in bench/peers failed (${code}): ${complaints.trim().split('\n')[0]}`);
}

/** By package name, of what is measured. */
export function wantedVersions(): Record<string, string> {
  return JSON.parse(readFileSync(new URL('package.json', HERE), 'utf8')).dependencies;
}

function installedVersion(name: string): string {
  return JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, HERE), 'utf8')).version;
}
