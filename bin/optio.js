#!/usr/bin/env node
// Starts Optio: in a checkout from its TypeScript sources, which Node.js runs as they are; in the published package,
// which does not hold them, from what was built of them. Old syntax on purpose: it must run far enough to say so.
import { existsSync } from 'node:fs';
import module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const OLDEST_MAJOR = 24;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, 'src', 'main.ts');
const isCheckout = existsSync(source);

if (Number(process.versions.node.split('.')[0]) < OLDEST_MAJOR) {
  const remedy = isCheckout ? '"npx optio" brings its own, once "npm ci" has run' : 'install it from nodejs.org';
  process.stderr.write(`optio: Node.js ${OLDEST_MAJOR} or newer is needed, not ${process.version}; ${remedy}\n`);
  process.exitCode = 1;
} else {
  // What Node.js made of the sources is kept for the next start, which halves it. Where that cannot be written, nothing is.
  if (isCheckout) module.enableCompileCache(join(root, 'node_modules', '.cache', 'optio'));
  import(pathToFileURL(isCheckout ? source : join(root, 'dist', 'main.js')).href);
}
