/**
 * How Fastify comes by validators and serialisers. Both are given to it as factories, so that it does not load its own
 * at start: Ajv compiles a route's schemas when they are first needed, for to compile all of them takes longer than
 * everything else that a start does here. `test/http/schemas.test.ts` compiles them all.
 */
import { createRequire } from 'node:module';
import type { Ajv, AnySchema, ErrorObject } from 'ajv';
import type { FastifyServerOptions } from 'fastify';
import { FORMATS } from './query-types.ts';

const require = createRequire(import.meta.url);

export const AJV_OPTIONS = {
  coerceTypes: false,
  useDefaults: false,
  removeAdditional: false,
  allowUnionTypes: true,
  // Errors carry the value and the schema, to say what was sent and what is allowed.
  verbose: true,
  // Our schemas are constants: a test holds them to JSON Schema, so that not every start has to.
  validateSchema: false,
  addUsedSchema: false,
  formats: FORMATS,
} as const;

/** As Fastify calls it: false says that `errors` of the function itself has the reasons. */
interface Validator {
  (data: unknown): boolean;
  errors?: ErrorObject[] | null;
}

/** As Fastify takes them; its types describe only those that it makes itself. */
type Factories = NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>;

export const SCHEMA_COMPILERS = {
  buildValidator: () => {
    let ajv: Ajv | undefined;
    return ({ schema }: { schema: AnySchema }) =>
      compiledWhenNeeded(() => {
        ajv ??= makeAjv();
        return ajv.compile(schema);
      });
  },
  // Field order is the contract; V8's own serialiser keeps it and is faster than generated ones.
  buildSerializer: () => () => JSON.stringify,
} as unknown as Factories;

function makeAjv(): Ajv {
  const { Ajv } = require('ajv') as typeof import('ajv');
  return new Ajv(AJV_OPTIONS);
}

function compiledWhenNeeded(compile: () => Validator): Validator {
  let compiled: Validator | undefined;
  const validate: Validator = (data) => {
    compiled ??= compile();
    const isValid = compiled(data);
    validate.errors = compiled.errors ?? null;
    return isValid;
  };
  return validate;
}
