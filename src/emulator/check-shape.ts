/** Holds what a program or a file gives against a JSON Schema. */
import { createRequire } from 'node:module';
import type { ValidateFunction } from 'ajv';
import type { JsonSchema } from '../http/endpoint.ts';
import type { Problem } from '../http/errors.ts';
import { AJV_OPTIONS } from '../http/schema-compilers.ts';
import { type AjvError, problemOfValidation } from '../http/validation-problem.ts';

const require = createRequire(import.meta.url);

/** By their schemas: a suite may begin each of its tests with another seed. */
const validators = new WeakMap<JsonSchema, ValidateFunction>();

/** What is wrong first, or null. */
export function problemOfShape(schema: JsonSchema, value: unknown): Problem | null {
  const validate = validators.get(schema) ?? compile(schema);
  validators.set(schema, validate);
  if (validate(value)) return null;
  return problemOfValidation(validate.errors![0] as unknown as AjvError, 'body', true);
}

/** Ajv takes longer to load than an emulator to start, so it is loaded when it is needed. */
function compile(schema: JsonSchema): ValidateFunction {
  const { Ajv } = require('ajv') as typeof import('ajv');
  return new Ajv(AJV_OPTIONS).compile(schema);
}
