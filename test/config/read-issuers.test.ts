import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { readConfig } from '../../src/config/read-config.ts';
import { SETTINGS } from '../../src/config/settings.ts';
import { showSetting } from '../../src/config/show-config.ts';
import type { TrustedIssuer } from '../../src/config/trusted-issuers.ts';

const LEAST = { issuer: 'https://login.example.com', audience: 'https://optio.example.com', account: 1001 };

const folder = mkdtempSync(join(tmpdir(), 'optio-issuers-'));
after(() => rmSync(folder, { recursive: true }));

function problemOf(text: string): string {
  const outcome = readConfig({ OPTIO_OIDC_ISSUERS: text }, {});
  assert.equal(outcome.kind, 'refused', text);
  assert.equal(outcome.problems.length, 1);
  return outcome.problems[0]!;
}

function issuersOf(text: string): readonly TrustedIssuer[] {
  const outcome = readConfig({ OPTIO_OIDC_ISSUERS: text }, {});
  assert.equal(outcome.kind, 'read', outcome.kind === 'refused' ? outcome.problems[0] : '');
  return outcome.config.oidcIssuers;
}

test('The least that must be said, and what holds without more', () => {
  const [issuer] = issuersOf(JSON.stringify(LEAST));
  assert.deepEqual(issuer, {
    ...LEAST,
    account: { kind: 'fixed', id: 1001 },
    app: { kind: 'claimed', claims: [['client_id'], ['azp']], map: null },
    scopes: { claim: ['scope'], prefix: '', map: new Map() },
    algorithms: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
    plainJwt: false,
    clockSkewSeconds: 30,
    maxLifetimeSeconds: 86_400,
  });
});

test('All that may be said, in a file', () => {
  const path = join(folder, 'issuers.json');
  const entry = {
    ...LEAST,
    account: { claim: 'tenant', map: { shop: 1001 } },
    app: { claim: 'azp', map: { backend: 7 } },
    scopes: { claim: ['realm_access', 'roles'], prefix: 'optio:', map: { mailer: 'communication_preferences.read' } },
    algorithms: ['ES256'],
    plainJwt: true,
    clockSkewSeconds: 0,
    maxLifetimeSeconds: 3_600,
  };
  writeFileSync(path, JSON.stringify([entry, { ...LEAST, issuer: 'http://localhost:9000/' }]));
  const [first, second] = issuersOf(path);
  assert.deepEqual(first, {
    ...entry,
    account: { kind: 'claimed', claims: [['tenant']], map: new Map([['shop', 1001]]) },
    app: { kind: 'claimed', claims: [['azp']], map: new Map([['backend', 7]]) },
    scopes: {
      claim: ['realm_access', 'roles'],
      prefix: 'optio:',
      map: new Map([['mailer', ['communication_preferences.read']]]),
    },
  });
  assert.equal(second?.issuer, 'http://localhost:9000/');
});

describe('What cannot be meant is refused in one line that says what, where and what would be right', () => {
  const wrong: [entry: unknown, problem: RegExp][] = [
    [{}, /has no \[0\]\.issuer; it must be an https URL/],
    [[LEAST, 5], /has 5 at \[1\], but it must be an object$/],
    [[], /names no issuer; it must hold at least one, or not be set$/],
    [[LEAST, LEAST], /names the issuer https:\/\/login\.example\.com twice; it must be there once$/],
    [{ ...LEAST, audience: undefined }, /has no \[0\]\.audience; it must be the text that tokens/],
    [{ ...LEAST, audience: ['a'] }, /has \["a"\] at \[0\]\.audience/],
    [{ ...LEAST, account: undefined }, /has no \[0\]\.account; it must be a whole number/],
    [{ ...LEAST, account: '1001' }, /has "1001" at \[0\]\.account/],
    [{ ...LEAST, account: {} }, /has no \[0\]\.account\.claim; it must be the name of a claim/],
    [{ ...LEAST, account: { claim: 'a', map: { b: '1' } } }, /has \{"b":"1"\} at \[0\]\.account\.map/],
    [
      { ...LEAST, account: { claim: 'a', maps: {} } },
      /has \[0\]\.account\.maps, which is not known; did you mean map\?$/,
    ],
    [{ ...LEAST, app: 1.5 }, /has 1\.5 at \[0\]\.app/],
    [{ isuer: 'https://login.example.com' }, /has \[0\]\.isuer, which is not known; did you mean issuer\?$/],
    [{ ...LEAST, scope: 'x' }, /has \[0\]\.scope, which is not known; did you mean scopes\?$/],
    [
      { ...LEAST, scopes: { map: { x: 'admin' } } },
      /at \[0\]\.scopes\.map, but it must be an object of names and lists of comm/,
    ],
    [{ ...LEAST, algorithms: ['HS256'] }, /has \["HS256"\] at \[0\]\.algorithms, but it must be a list of RS256, /],
    [{ ...LEAST, algorithms: ['none'] }, /at \[0\]\.algorithms/],
    [{ ...LEAST, clockSkewSeconds: 301 }, /but it must be a whole number from 0 to 300$/],
    [{ ...LEAST, maxLifetimeSeconds: 1 }, /but it must be a whole number from 60 to 31536000$/],
    [{ ...LEAST, plainJwt: 'yes' }, /but it must be true or false$/],
    ...[
      'http://login.example.com',
      'https://login.example.com?x=1',
      'login.example.com',
      'http://127.0.0.1.example.com',
    ].map((issuer): [unknown, RegExp] => [{ ...LEAST, issuer }, /at \[0\]\.issuer, but it must be an https URL/]),
  ];
  for (const [entry, problem] of wrong) {
    test(String(problem), () => {
      const said = problemOf(JSON.stringify(entry));
      assert.ok(said.startsWith('the environment variable OPTIO_OIDC_ISSUERS '), said);
      assert.match(said, problem);
      assert.doesNotMatch(said, /\n/);
    });
  }

  test('what is no JSON, and a file that is not there', () => {
    assert.match(problemOf('{"issuer":'), /is a text that is no JSON \(/);
    assert.match(
      problemOf(join(folder, 'none.json')),
      /which is neither JSON text nor a file that can be read \(ENOENT\)$/,
    );
    const path = join(folder, 'broken.json');
    writeFileSync(path, '[\n{\n]');
    assert.match(problemOf(path), /names the file .*broken\.json, which is no JSON \(.*\)$/);
  });

  test('a flag by its name', () => {
    const outcome = readConfig({}, { oidcIssuers: '[]' });
    assert.equal(outcome.kind, 'refused');
    assert.match(outcome.problems[0]!, /^the flag --oidc-issuers names no issuer/);
  });
});

test('Shown are the issuers', () => {
  const outcome = readConfig({ OPTIO_OIDC_ISSUERS: JSON.stringify([LEAST]) }, {});
  assert.equal(outcome.kind, 'read');
  const setting = SETTINGS.find(({ key }) => key === 'oidcIssuers')!;
  assert.equal(showSetting(setting, outcome.config), 'https://login.example.com');
});
