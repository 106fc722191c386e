/** Puts what Ajv found into words: the field, what was sent, what is allowed. */
import type { JsonSchema } from './endpoint.ts';
import type { Problem } from './errors.ts';

const MAX_SHOWN = 100;

/** An error of Ajv with `verbose: true`. */
export interface AjvError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly parentSchema?: JsonSchema;
  readonly data?: unknown;
}

/** A value as JSON, at most 100 characters of it. Only a number whose digits are not known is undefined. */
export function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? 'another number';
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN).toWellFormed()}…`;
}

/** All required fields that an object lacks; Ajv names only the first. */
export function missingFields({ parentSchema, data }: AjvError): string[] {
  const required = (parentSchema?.required ?? []) as readonly string[];
  return required.filter((field) => !Object.hasOwn(data as object, field));
}

/** Of a body that is an object, these say what is wrong with its fields. */
const OF_ITS_FIELDS = ['required', 'additionalProperties'];

/** `part` is where the value stood: `body`, `querystring` or `params`. */
export function problemOfValidation(error: AjvError, part: string, bodyWasSent: boolean): Problem {
  const schema = error.parentSchema ?? {};
  if (part === 'body' && error.instancePath === '' && !OF_ITS_FIELDS.includes(error.keyword)) {
    const allowed = `Allowed: a JSON object with ${fieldsOf(schema)}.`;
    return bodyWasSent
      ? { code: 'FIELD_INVALID', message: `The body was ${shorten(error.data)}. ${allowed}`, in: 'body' }
      : { code: 'BODY_REQUIRED', message: `The request has no body. ${allowed}`, in: 'body' };
  }
  if (error.keyword === 'required') {
    const missing = String(error.params.missingProperty);
    const name = nameOf(`${error.instancePath}/${missing}`);
    const properties = schema.properties as Record<string, JsonSchema> | undefined;
    return {
      code: 'FIELD_REQUIRED',
      message: `Missing: ${kindOf(part)} "${name}". Allowed: ${allowedBy(properties?.[missing] ?? {})}.`,
      in: name,
    };
  }
  if (error.keyword === 'additionalProperties') {
    const name = nameOf(`${error.instancePath}/${error.params.additionalProperty}`);
    const allowed = Object.keys((schema.properties ?? {}) as object).join(', ');
    return { code: 'FIELD_INVALID', message: `"${name}" is not known. Allowed there: ${allowed}.`, in: name };
  }
  const name = nameOf(error.instancePath);
  const allowed = `Allowed: ${allowedBy(schema)}.`;
  if (part === 'querystring' && Array.isArray(error.data)) {
    const message = `The query parameter "${name}" was given ${error.data.length} times. Allowed: once; ${allowedBy(schema)}.`;
    return { code: 'FIELD_REPEATED', message, in: name };
  }
  return { code: 'FIELD_INVALID', message: `${sentence(error, name)} ${allowed}`, in: name };
}

function sentence({ keyword, data }: AjvError, name: string): string {
  switch (keyword) {
    case 'maxLength':
      return `"${name}" was ${[...String(data)].length} characters long: ${shorten(data)}.`;
    case 'minItems':
    case 'maxItems':
      return `"${name}" held ${(data as unknown[]).length} entries.`;
    default:
      return `"${name}" was ${shorten(data)}.`;
  }
}

function kindOf(part: string): string {
  return part === 'body' ? 'the field' : part === 'querystring' ? 'the query parameter' : 'the path segment';
}

/** `/inputs/3/statusState` is `inputs[3].statusState` to people. */
function nameOf(instancePath: string): string {
  return instancePath
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step, index) => (/^\d+$/.test(step) ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join('');
}

function fieldsOf(schema: JsonSchema): string {
  const required = (schema.required as readonly string[] | undefined) ?? [];
  return required.length > 0 ? required.map((field) => `"${field}"`).join(', ') : 'the documented fields';
}

/** What a schema lets through, in words. */
export function allowedBy(schema: JsonSchema): string {
  const types = [schema.type ?? []].flat() as string[];
  if (schema.format === 'id') {
    const range = `a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`;
    return types.includes('integer') ? `${range}, or a string of its digits` : range;
  }
  if (Array.isArray(schema.enum)) {
    const values = schema.enum.filter((value) => value !== null);
    return values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`;
  }
  if (types.includes('array')) return `an array of ${countAllowedBy(schema)}`;
  if (types.includes('object')) return `a JSON object with ${fieldsOf(schema)}`;
  if (types.includes('string')) {
    const length = schema.maxLength === undefined ? '' : ` of at most ${schema.maxLength} characters`;
    return schema.format === 'text' ? `text${length} in well-formed Unicode without NUL characters` : `text${length}`;
  }
  if (types.includes('boolean')) return 'true or false';
  return types.length > 0 ? types.join(' or ') : 'what /openapi.json says';
}

function countAllowedBy({ minItems = 0, maxItems }: JsonSchema): string {
  if (maxItems !== undefined) return `${minItems} to ${maxItems} entries`;
  return minItems === 1 ? 'at least 1 entry' : `at least ${minItems} entries`;
}
