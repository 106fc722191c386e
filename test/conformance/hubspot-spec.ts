/** Holds answers against HubSpot's OpenAPI files, more strictly than they ask: unknown properties are faults. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

/** The families of HubSpot's API, each with an OpenAPI file. */
export const FAMILIES = ['v4', '2026-03', '2026-09', '2025-09', 'v3'] as const;
export type Family = (typeof FAMILIES)[number];

const ROOT = '/communication-preferences/';
const SCHEMAS = '#/components/schemas/';

interface SpecSchema {
  type?: string | string[];
  enum?: unknown[];
  format?: string;
  properties?: Record<string, SpecSchema>;
  additionalProperties?: unknown;
}

interface SpecOperation {
  responses: Record<string, { content?: Record<string, { schema: { $ref: string } }> }>;
}

interface Spec {
  paths: Record<string, Record<string, SpecOperation>>;
  components: { schemas: Record<string, SpecSchema> };
}

/** What is held against the file. */
export interface Judged {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Where HubSpot's service answers null although its files know only other values: recorded, and shown in its guide. */
const NULLABLE_IN_FACT: Readonly<Record<string, readonly string[]>> = {
  PublicStatus: ['legalBasis', 'legalBasisExplanation', 'setStatusSuccessReason'],
  PublicSubscriptionStatus: ['brandId', 'preferenceGroupName', 'legalBasis', 'legalBasisExplanation'],
};

const specs = new Map(FAMILIES.map((family) => [family, readSpec(family)]));
const validators = new Map<string, ValidateFunction>();
const ajv = compiler();

function readSpec(family: Family): Spec {
  const file = new URL(`hubspot-openapi/communication-preferences-${family}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8'));
}

function compiler(): Ajv {
  const made = new Ajv({ strict: false, allErrors: true });
  // A CommonJS module whose types and exports disagree about `default`.
  (addFormats as unknown as typeof addFormats.default)(made);
  for (const [family, { components }] of specs) {
    made.addSchema({ $id: family, components: { schemas: asServed(structuredClone(components.schemas)) } });
  }
  return made;
}

/** A file's schemas, mended where it is known to be wrong and strict about everything else. */
function asServed(schemas: Record<string, SpecSchema>): Record<string, SpecSchema> {
  for (const [name, fields] of Object.entries(NULLABLE_IN_FACT)) {
    for (const field of schemas[name] ? fields : []) {
      const property = schemas[name]!.properties![field]!;
      property.type = [property.type as string, 'null'];
      if (property.enum) property.enum = [...property.enum, null];
    }
  }
  // The service says `"status": "error"` in every error body; the files leave it out.
  schemas.Error!.properties!.status = { type: 'string', enum: ['error'] };
  // So it does with what says which rate limit was reached.
  for (const field of ['errorType', 'policyName', 'requestId']) schemas.Error!.properties![field] = { type: 'string' };
  // Epoch milliseconds do not fit the 32 bits that some files give them.
  for (const field of ['createdAt', 'updatedAt'])
    schemas.PublicSubscriptionTranslation!.properties![field]!.format = 'int64';
  for (const schema of Object.values(schemas)) schema.additionalProperties ??= false;
  return schemas;
}

/** Every operation of a family's file, `POST /communication-preferences/v4/statuses/batch/read` and so on. */
export function operations(family: Family): string[] {
  return Object.entries(specs.get(family)!.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
}

/** The success statuses that the file names for one of its operations. */
export function successesOf(operation: string): number[] {
  const [method, path] = operation.split(' ') as [string, string];
  return Object.keys(specOf(path)!.spec.paths[path]![method.toLowerCase()]!.responses)
    .filter((status) => status.startsWith('2'))
    .map(Number);
}

/** The operation that was asked for, if its family's file has it. A fixed path wins over one with a parameter. */
export function operationOf(method: string, path: string): string | null {
  const pathname = path.replace(/\?.*$/s, '');
  const paths = specOf(pathname)?.spec.paths ?? {};
  const templates = Object.keys(paths)
    .filter((template) => matches(template, pathname))
    .sort((a, b) => Number(a.includes('{')) - Number(b.includes('{')));
  const template = templates.find((each) => method.toLowerCase() in paths[each]!);
  return template === undefined || template !== templates[0] ? null : `${method} ${template}`;
}

function matches(template: string, pathname: string): boolean {
  const wanted = template.split('/');
  const given = pathname.split('/');
  return (
    wanted.length === given.length && wanted.every((part, i) => part === given[i] || (part[0] === '{' && given[i]))
  );
}

function specOf(path: string): { family: Family; spec: Spec } | null {
  const family = FAMILIES.find((each) => path.startsWith(`${ROOT}${each}/`));
  return family ? { family, spec: specs.get(family)! } : null;
}

/** Fails where an answer of the API is not as its file (and what is known beyond it) says. */
export function holdAgainstHubSpot(answer: Judged): void {
  const { method, path, status, headers, text } = answer;
  const family = specOf(path)?.family;
  if (!family || method === 'HEAD') return;
  const what = `${method} ${path.slice(0, 200)} → ${status}: ${text.slice(0, 1_000)}`;
  assert.match(headers.get('content-type') ?? '', /^application\/json(;|$)/, what);
  assert.match(headers.get('x-hubspot-correlation-id') ?? '', /^[0-9a-f-]{36}$/, what);
  const validate = validatorOf(family, schemaOf(operationOf(method, path), status, what));
  assert.ok(validate(JSON.parse(text)), `${what}\n${ajv.errorsText(validate.errors)}`);
}

function schemaOf(operation: string | null, status: number, what: string): string {
  if (status >= 400) return 'Error';
  assert.ok(operation, `An operation that HubSpot does not have succeeded: ${what}`);
  const [method, path] = operation.split(' ') as [string, string];
  const response = specOf(path)!.spec.paths[path]![method.toLowerCase()]!.responses[status];
  assert.ok(response, `HubSpot's file has no ${status} for this operation: ${what}`);
  return response.content!['application/json']!.schema.$ref.slice(SCHEMAS.length);
}

function validatorOf(family: Family, schema: string): ValidateFunction {
  const ref = `${family}${SCHEMAS}${schema}`;
  const known = validators.get(ref);
  if (known) return known;
  const made = ajv.compile({ $ref: ref });
  validators.set(ref, made);
  return made;
}
