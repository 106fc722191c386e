/** Programs of other projects that tests need: those of this machine, or else Debian's, installed where that is possible. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The first of `names` that is in a folder of PATH; null where none is. */
export function findProgram(names: readonly string[]): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isExecutable) ?? null;
}

/**
 * Installs Debian's package of that name, which brings a program of the same name; only root may. Where it cannot be
 * had, nothing happens. `flock` lets one of several test files install; the others then find it installed.
 */
export function installFromDebian(name: string): void {
  if (process.getuid?.() !== 0) return;
  const install = `command -v ${name} || (apt-get update && apt-get install -y --no-install-recommends ${name})`;
  spawnSync('flock', [join(tmpdir(), `optio-${name}.lock`), 'sh', '-c', install], {
    stdio: 'ignore',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
