// Builds what the published package runs: plain JavaScript from the sources, and what else the sources read; and for
// those who import it, the declarations of what it exports.
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

rmSync('dist', { recursive: true, force: true });
compile();
// Editors show the comments of declarations.
compile('--declaration', '--emitDeclarationOnly', '--removeComments', 'false');
cpSync('src', 'dist', {
  recursive: true,
  filter: (path) => statSync(path).isDirectory() || !path.endsWith('.ts'),
});
keepExported();

function compile(...options) {
  const { status } = spawnSync('tsc', ['-p', 'tsconfig.build.json', ...options], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

/** Of the declarations, keeps those that the exported ones lead to. */
function keepExported() {
  const kept = new Set();
  const keep = (file) => {
    if (kept.has(file)) return;
    kept.add(file);
    const text = readFileSync(file, 'utf8').replaceAll(/(from '\.[^']+)\.ts'/g, "$1.js'");
    writeFileSync(file, text);
    for (const [, target] of text.matchAll(/from '(\.[^']+)\.js'/g)) keep(join(dirname(file), `${target}.d.ts`));
  };
  keep(join('dist', 'index.d.ts'));
  for (const file of globSync('dist/**/*.d.ts')) if (!kept.has(file)) rmSync(file);
}
