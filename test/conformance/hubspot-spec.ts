/** Holds answers against HubSpot's OpenAPI file, more strictly than the file asks: unknown properties are faults. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

const SPEC_FILE = new URL('hubspot-openapi/communication-preferences-v4.json', import.meta.url);
const BASE = '/communication-preferences/v4/';
const SCHEMAS = '#/components/schemas/';

interface SpecSchema {
  type?: string | string[];
  enum?: unknown[];
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

/** Where HubSpot's service answers null although its file knows only texts: recorded, and shown in its guide. */
const NULLABLE_IN_FACT = ['legalBasis', 'legalBasisExplanation', 'setStatusSuccessReason'] as const;

const spec: Spec = JSON.parse(readFileSync(SPEC_FILE, 'utf8'));
const validators = new Map<string, ValidateFunction>();
const ajv = compiler();

function compiler(): Ajv {
  const { schemas } = structuredClone(spec.components);
  for (const field of NULLABLE_IN_FACT) {
    const property = schemas.PublicStatus!.properties![field]!;
    property.type = ['string', 'null'];
    if (property.enum) property.enum = [...property.enum, null];
  }
  // The service says `"status": "error"` in every error body; the file leaves it out.
  schemas.Error!.properties!.status = { type: 'string', enum: ['error'] };
  for (const schema of Object.values(schemas)) schema.additionalProperties ??= false;
  const made = new Ajv({ strict: false, allErrors: true });
  // A CommonJS module whose types and exports disagree about `default`.
  (addFormats as unknown as typeof addFormats.default)(made);
  made.addSchema({ $id: 'hubspot', components: { schemas } });
  return made;
}

/** Every operation of the file, `POST /communication-preferences/v4/statuses/batch/read` and so on. */
export function operations(): string[] {
  return Object.entries(spec.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
}

/** The operation that was asked for, if the file has it. A fixed path wins over one with a parameter. */
export function operationOf(method: string, path: string): string | null {
  const pathname = path.replace(/\?.*$/s, '');
  const templates = Object.keys(spec.paths)
    .filter((template) => matches(template, pathname))
    .sort((a, b) => Number(a.includes('{')) - Number(b.includes('{')));
  const template = templates.find((each) => method.toLowerCase() in spec.paths[each]!);
  return template === undefined || template !== templates[0] ? null : `${method} ${template}`;
}

function matches(template: string, pathname: string): boolean {
  const wanted = template.split('/');
  const given = pathname.split('/');
  return (
    wanted.length === given.length && wanted.every((part, i) => part === given[i] || (part[0] === '{' && given[i]))
  );
}

/** Fails where an answer of the API is not as the file (and what is known beyond it) says. */
export function holdAgainstHubSpot(answer: Judged): void {
  if (!answer.path.startsWith(BASE) || answer.method === 'HEAD') return;
  const { method, path, status, headers, text } = answer;
  const what = `${method} ${path.slice(0, 200)} → ${status}: ${text.slice(0, 1_000)}`;
  assert.match(headers.get('content-type') ?? '', /^application\/json(;|$)/, what);
  assert.match(headers.get('x-hubspot-correlation-id') ?? '', /^[0-9a-f-]{36}$/, what);
  const validate = validatorOf(schemaOf(operationOf(method, path), status, what));
  assert.ok(validate(JSON.parse(text)), `${what}\n${ajv.errorsText(validate.errors)}`);
}

function schemaOf(operation: string | null, status: number, what: string): string {
  if (status >= 400) return 'Error';
  assert.ok(operation, `An operation that HubSpot does not have succeeded: ${what}`);
  const [method, path] = operation.split(' ') as [string, string];
  const response = spec.paths[path]![method.toLowerCase()]!.responses[status];
  assert.ok(response, `HubSpot's file has no ${status} for this operation: ${what}`);
  return response.content!['application/json']!.schema.$ref.slice(SCHEMAS.length);
}

function validatorOf(schema: string): ValidateFunction {
  const known = validators.get(schema);
  if (known) return known;
  const made = ajv.compile({ $ref: `hubspot${SCHEMAS}${schema}` });
  validators.set(schema, made);
  return made;
}
