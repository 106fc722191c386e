/** The schemas that requests are validated by are valid themselves: the server compiles each at its first request. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { emulatorRoutes } from '../../src/emulator/routes.ts';
import { ROUTES } from '../../src/http/routes.ts';
import { AJV_OPTIONS } from '../../src/http/schema-compilers.ts';

const PARTS = ['params', 'querystring', 'body'] as const;

test('Every schema of the routes is JSON Schema', () => {
  const ajv = new Ajv();
  const ofTheServer = new Ajv(AJV_OPTIONS);
  let checked = 0;
  for (const { method, path, endpoint } of [...ROUTES, ...emulatorRoutes(null as unknown as Emulator)]) {
    for (const part of PARTS) {
      const schema = endpoint.schema[part];
      if (!schema) continue;
      checked += 1;
      assert.ok(ajv.validateSchema(schema), `${method} ${path}, ${part}: ${ajv.errorsText()}`);
      assert.doesNotThrow(() => ofTheServer.compile(schema), `${method} ${path}, ${part}`);
    }
  }
  assert.ok(checked > 20);
});
