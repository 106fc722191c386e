/** docs/compatibility.md names every operation of HubSpot's files, in each version that has it, and no other. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ROUTES } from '../src/http/routes.ts';
import { FAMILIES, OAUTH_FAMILIES, operations } from './conformance/hubspot-spec.ts';

const ALL = [...FAMILIES, ...OAUTH_FAMILIES];
const ROW = /^\| `((?:GET|POST|DELETE) \S+)` \| ((?:`[^`]+` ?)+)\|(.*)\|$/gm;

/** `POST /communication-preferences/v4/statuses/batch/read` and so on, with what is said of it. */
function listed(): Map<string, string> {
  const text = readFileSync(new URL('../docs/compatibility.md', import.meta.url), 'utf8');
  const [preferences = '', oauth = ''] = text.split('\n## OAuth\n');
  return new Map([...rowsOf(preferences, '/communication-preferences'), ...rowsOf(oauth, '/oauth')]);
}

function rowsOf(text: string, root: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, operation, versions, remarks] of text.matchAll(ROW)) {
    const [method, path] = operation!.split(' ') as [string, string];
    for (const [, version] of versions!.matchAll(/`([^`]+)`/g)) {
      const name = `${method} ${root}/${version}${path}`;
      assert.ok(!found.has(name), `${name} is listed twice`);
      found.set(name, remarks!);
    }
  }
  return found;
}

test("the list has every operation of HubSpot's files, and no other", () => {
  assert.deepEqual([...listed().keys()].sort(), ALL.flatMap(operations).sort());
});

test('what it says is served is served, and what is served it says', () => {
  const served = ROUTES.map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
  assert.deepEqual(
    [...listed().keys()].sort(),
    served.filter((each) => / \/(?:communication-preferences|oauth\/(?:v\d|\d{4}-\d\d))\//.test(each)).sort(),
  );
});

test('of every operation that is served something is said', () => {
  for (const [operation, remarks] of listed()) assert.match(remarks, /[a-z]{4}/, operation);
});
