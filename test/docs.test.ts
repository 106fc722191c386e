/** What the documentation says of routes, settings and commands is what they are. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { SETTINGS } from '../src/config/settings.ts';
import { PAGES, readPage, renderPage, renderSeedSchema, SEED_SCHEMA_FILE } from './support/reference-docs.ts';

for (const page of PAGES) {
  test(`docs/${page} is current; node test/support/reference-docs.ts makes it so`, async () => {
    assert.equal(await readPage(page), await renderPage(page));
  });
}

test('schemas/seed.schema.json is current, by the same command', async () => {
  assert.equal(await readFile(SEED_SCHEMA_FILE, 'utf8'), renderSeedSchema());
});

test('Every setting and every family of commands is in the documentation', async () => {
  const configuration = await readPage('configuration.md');
  for (const { name } of SETTINGS) assert.ok(configuration.includes(`| \`${name}\` |`), name);
  const cli = await readPage('cli.md');
  for (const command of [
    'serve',
    'emulate',
    'migrate',
    'doctor',
    'signup-form',
    'history',
    'status',
    'eligibility',
    'token create',
    'token list',
    'token revoke',
  ]) {
    assert.ok(cli.includes(`### optio ${command}\n`), command);
  }
  for (const command of ['definition create', 'definition list', 'definition update']) {
    assert.ok(cli.includes(`### optio ${command}\n`), command);
  }
  for (const command of ['brand create', 'brand list', 'brand show', 'brand update']) {
    assert.ok(cli.includes(`### optio ${command}\n`), command);
  }
  for (const command of [
    'account create',
    'account list',
    'account update',
    'app create',
    'app list',
    'app install',
    'app uninstall',
    'app installations',
  ]) {
    assert.ok(cli.includes(`### optio ${command}\n`), command);
  }
  for (const command of ['operator create', 'operator list', 'operator set-up-totp', 'operator delete']) {
    assert.ok(cli.includes(`### optio ${command}\n`), command);
  }
  for (const command of ['link make', 'link revoke', 'link-key list', 'link-key rotate']) {
    assert.ok(cli.includes(`### optio ${command}\n`), command);
  }
});
