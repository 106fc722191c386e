/** Rules of the house that a reviewer would otherwise have to remember. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, test } from 'node:test';

const ROOT = resolve(import.meta.dirname, '..');
const MAX_LINES = 300;

/** Which rooms a room may enter. */
const MAY_ENTER: Record<string, readonly string[]> = {
  domain: [],
  storage: ['domain'],
  actions: ['domain', 'storage/port'],
  // What contacts see: drawn of what is handed in, as the domain decides.
  pages: ['domain'],
  http: ['domain', 'actions', 'log', 'pages'],
  // What settings say of scopes and of networks is read as the domain reads it.
  config: ['domain'],
  // Loaded only where the operator trusts other identity providers.
  issuers: ['domain', 'actions', 'config'],
  // The authorization server, on a library that is loaded when somebody first asks for it.
  oauth: ['domain', 'actions', 'storage/port'],
  // Asks contacts to confirm what was asked for with their addresses.
  mail: ['domain', 'actions', 'pages', 'config', 'log', 'storage/port'],
  log: ['config', 'storage/port'],
  // A composition root beside src/app.ts: it puts a server together, on a store in memory.
  emulator: ['domain', 'actions', 'http', 'mail', 'oauth', 'config', 'storage', 'storage/port'],
  // Migrating and examining a store are no use cases of the API: the command line does them through the port.
  cli: ['domain', 'actions', 'pages', 'config', 'issuers', 'storage/port'],
  // Each worker is the whole app; the process that minds them prepares the database, and answers as commands do.
  workers: ['app', 'prepare-database', 'cli', 'config', 'log'],
};

/** What the domain may take from Node.js: computations without input, output, clock or chance. */
const PURE_MODULES = ['node:crypto', 'node:url', 'node:net'];

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

const sources = filesBelow('src').filter((file) => file.endsWith('.ts'));
const tests = filesBelow('test').filter((file) => file.endsWith('.ts'));
const bench = filesBelow('bench').filter((file) => file.endsWith('.ts') && !file.includes('node_modules'));

function importsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const found = text.matchAll(/(?:from\s+|import\(\s*|^import\s+)'([^']+)'/gm);
  return [...found].map((match) => match[1]!);
}

/** `src/http/v4/x.ts` → `http`; `src/storage/port.ts` → `storage/port`; `src/app.ts` → `app`. */
function roomOf(file: string): string {
  const inside = relative('src', file).replace(/\.ts$/, '');
  return inside === 'storage/port' ? inside : inside.split('/')[0]!;
}

/** The process's entry and the composition root, beside the rooms: they may enter all. */
function isEntry(file: string): boolean {
  return dirname(file) === 'src';
}

describe('imports point one way', () => {
  for (const file of sources) {
    const room = roomOf(file).split('/')[0]!;
    if (isEntry(file)) continue;
    test(file, () => {
      const mayEnter = MAY_ENTER[room];
      assert.ok(mayEnter, `src/${room} is a room that test/tidy.test.ts does not know: say what it may enter`);
      for (const imported of importsOf(file)) {
        if (!imported.startsWith('.')) {
          if (room === 'domain') assert.ok(PURE_MODULES.includes(imported), `the domain imports ${imported}`);
          continue;
        }
        const target = roomOf(relative(ROOT, resolve(ROOT, dirname(file), imported)));
        const allowed = target.split('/')[0] === room || mayEnter.some((other) => target === other);
        assert.ok(
          allowed,
          `${file} imports ${imported}, but ${room} may enter only: ${mayEnter.join(', ') || 'nothing'}`,
        );
      }
    });
  }
});

test('the bench measures what is there: it may look into src/, and takes from test/ a PostgreSQL to run on and a port', () => {
  for (const file of bench) {
    for (const imported of importsOf(file).filter((each) => each.startsWith('.'))) {
      const target = relative(ROOT, resolve(ROOT, dirname(file), imported));
      assert.match(
        target,
        /^(?:bench|src)\/|^test\/support\/(?:postgres|citus|free-port)\.ts$/,
        `${file} imports ${imported}`,
      );
    }
  }
});

test('the domain asks neither the clock nor chance', () => {
  for (const file of sources.filter((each) => roomOf(each) === 'domain')) {
    const text = readFileSync(join(ROOT, file), 'utf8');
    assert.doesNotMatch(text, /Date\.now|new Date\(\)|Math\.random|randomBytes|randomUUID|process\./, file);
  }
});

test('of the network, the domain takes only what reads and compares addresses', () => {
  for (const file of sources.filter((each) => roomOf(each) === 'domain')) {
    const imported = /import (.+) from 'node:net'/.exec(readFileSync(join(ROOT, file), 'utf8'));
    if (imported) assert.match(imported[1]!, /^\{ (?:(?:BlockList|isIP)(?:, )?)+ \}$/, file);
  }
});

test('only config reads the environment', () => {
  for (const file of sources.filter((each) => roomOf(each).split('/')[0] !== 'config' && each !== 'src/main.ts')) {
    assert.doesNotMatch(readFileSync(join(ROOT, file), 'utf8'), /process\.env/, file);
  }
});

test(`no file is longer than ${MAX_LINES} lines`, () => {
  for (const file of [...sources, ...tests, ...bench]) {
    const lines = readFileSync(join(ROOT, file), 'utf8').split('\n').length - 1;
    assert.ok(lines <= MAX_LINES, `${file} has ${lines} lines: give a part of it a file of its own`);
  }
});

test('no file is named for being shared', () => {
  for (const file of [...sources, ...tests, ...bench]) {
    assert.doesNotMatch(file, /(^|\/)(utils?|helpers?|common|manager)(\/|\.|-)/);
    assert.match(file, /^(?:[a-z0-9-]+\/)*[a-z0-9-]+(?:\.test)?\.ts$/, `${file} is not in kebab-case`);
  }
});

test('npm run torture runs every scenario', () => {
  const list = readFileSync(join(ROOT, 'test/torture/scenarios.ts'), 'utf8');
  for (const file of tests.filter((each) => each.endsWith('-scenario.ts'))) {
    const scenarios = readFileSync(join(ROOT, file), 'utf8').matchAll(/^export const (\w+): Scenario/gm);
    for (const [, name] of scenarios) assert.match(list, new RegExp(`^  ${name},`, 'm'), `${file}: ${name}`);
  }
});

test('every dependency has its reason in docs/adr/', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const reasons = filesBelow('docs/adr')
    .map((file) => readFileSync(join(ROOT, file), 'utf8'))
    .join('\n');
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
    assert.ok(reasons.includes(`\`${name}\``), `${name} is a dependency that no ADR names`);
  }
});

test('the lock file names every platform of every package, or `npm ci` refuses it', () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  const locked = new Set(Object.keys(packages).map((path) => path.split('node_modules/').at(-1)));
  for (const [path, { optionalDependencies = {} }] of Object.entries(packages)) {
    for (const name of Object.keys(optionalDependencies)) assert.ok(locked.has(name), `${path} wants ${name}`);
  }
});

test('links between the documents lead somewhere', () => {
  const documents = [...readdirSync(ROOT).filter((name) => name.endsWith('.md')), ...filesBelow('docs')];
  for (const document of documents.filter((name) => name.endsWith('.md'))) {
    const text = readFileSync(join(ROOT, document), 'utf8');
    for (const [, target] of text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)) {
      const path = resolve(ROOT, dirname(document), target!);
      assert.doesNotThrow(() => readdirOrRead(path), `${document} links to ${target}`);
    }
  }
});

function readdirOrRead(path: string): void {
  try {
    readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EISDIR') throw error;
  }
}
