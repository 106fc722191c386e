/** Holds what a program or a file gives against a JSON Schema. */
import { createRequire } from 'node:module';
import type { JsonSchema } from '../http/endpoint.ts';
import type { Problem } from '../http/errors.ts';
import { AJV_OPTIONS } from '../http/schema-compilers.ts';
import { type AjvError, problemOfValidation } from '../http/validation-problem.ts';

const require = createRequire(import.meta.url);

/** What is wrong first, or null. Ajv takes longer to load than an emulator to start, so it is loaded when it is needed. */
export function problemOfShape(schema: JsonSchema, value: unknown): Problem | null {
  const { Ajv } = require('ajv') as typeof import('ajv');
  const validate = new Ajv(AJV_OPTIONS).compile(schema);
  if (validate(value)) return null;
  return problemOfValidation(validate.errors![0] as unknown as AjvError, 'body', true);
}
