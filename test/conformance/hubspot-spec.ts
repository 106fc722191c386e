/** Holds answers against HubSpot's OpenAPI files, more strictly than they ask: unknown properties are faults. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { asServed, type SpecSchema } from './known-deviations.ts';

/** The versions of the Communication Preferences API, each with an OpenAPI file. */
export const FAMILIES = ['v4', '2026-03', '2026-09', '2025-09', 'v3'] as const;
/** Those of its OAuth API. */
export const OAUTH_FAMILIES = ['oauth-v1', 'oauth-v3', 'oauth-2026-03'] as const;
export type Family = (typeof FAMILIES)[number] | (typeof OAUTH_FAMILIES)[number];

const SCHEMAS = '#/components/schemas/';

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

const specs = new Map([...FAMILIES, ...OAUTH_FAMILIES].map((family): [Family, Spec] => [family, readSpec(family)]));
const validators = new Map<string, ValidateFunction>();
const ajv = compiler();

function isOAuth(family: Family): boolean {
  return family.startsWith('oauth-');
}

/** `/communication-preferences/v4`, `/oauth/v1` and so on. */
export function pathOf(family: Family): string {
  return isOAuth(family) ? `/${family.replace('-', '/')}` : `/communication-preferences/${family}`;
}

function readSpec(family: Family): Spec {
  const name = isOAuth(family) ? family : `communication-preferences-${family}`;
  const file = new URL(`hubspot-openapi/${name}.json`, import.meta.url);
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
  for (const [family, spec] of specs) if (path.startsWith(`${pathOf(family)}/`)) return { family, spec };
  return null;
}

/** Fails where an answer of the API is not as its file (and what is known beyond it) says. */
export function holdAgainstHubSpot(answer: Judged): void {
  const { method, path, status, headers, text } = answer;
  const family = specOf(path)?.family;
  if (!family || method === 'HEAD') return;
  const what = `${method} ${path.slice(0, 200)} → ${status}: ${text.slice(0, 1_000)}`;
  assert.match(headers.get('x-hubspot-correlation-id') ?? '', /^[0-9a-f-]{36}$/, what);
  const schema = schemaOf(operationOf(method, path), status, what);
  if (schema === null) {
    assert.equal(text, '', what);
    return;
  }
  assert.match(headers.get('content-type') ?? '', /^application\/json(;|$)/, what);
  const validate = validatorOf(family, schema);
  assert.ok(validate(JSON.parse(text)), `${what}\n${ajv.errorsText(validate.errors)}`);
}

/** Null where the answer is to be empty. */
function schemaOf(operation: string | null, status: number, what: string): string | null {
  if (status >= 400) return 'Error';
  assert.ok(operation, `An operation that HubSpot does not have succeeded: ${what}`);
  // The file says what is wrong with a revocation, and not what is right; RFC 7009 section 2.2 does.
  if (successesOf(operation).length === 0 && status === 200) return null;
  const [method, path] = operation.split(' ') as [string, string];
  const response = specOf(path)!.spec.paths[path]![method.toLowerCase()]!.responses[status];
  assert.ok(response, `HubSpot's file has no ${status} for this operation: ${what}`);
  return response.content?.['application/json']?.schema.$ref.slice(SCHEMAS.length) ?? null;
}

function validatorOf(family: Family, schema: string): ValidateFunction {
  const ref = `${family}${SCHEMAS}${schema}`;
  const known = validators.get(ref);
  if (known) return known;
  const made = ajv.compile({ $ref: ref });
  validators.set(ref, made);
  return made;
}
