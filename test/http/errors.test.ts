/** docs/errors.md and the map of errors say the same. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ERROR_CATEGORIES, ERRORS } from '../../src/http/errors.ts';

const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

test('the table of docs/errors.md is the map in the code, row for row', () => {
  const rows = [...page.matchAll(/^\| (\d{3}) \| `(\w+)` \| `(\w+)` \|/gm)].map(([, status, category, code]) => [
    code,
    { status: Number(status), category },
  ]);
  assert.deepEqual(rows, Object.entries(ERRORS));
});

test("the categories are HubSpot's, and one of ours for who calls from the wrong place", () => {
  assert.deepEqual(ERROR_CATEGORIES, [
    'VALIDATION_ERROR',
    'INVALID_AUTHENTICATION',
    'EXPIRED_AUTHENTICATION',
    'FORBIDDEN',
    'MISSING_SCOPES',
    'OBJECT_NOT_FOUND',
    'METHOD_NOT_ALLOWED',
    'CONFLICT',
    'RATE_LIMITS',
    'INTERNAL_ERROR',
    'SERVICE_UNAVAILABLE',
  ]);
});
