/** Makes the OpenAPI document from the schemas that validate, with a Fastify that serves nobody. */
import swagger from '@fastify/swagger';
import { fastify } from 'fastify';
import { type Endpoint, type EndpointSchema, HTML, type JsonSchema, type Route } from './endpoint.ts';
import { ERROR_SCHEMA } from './errors.ts';
import { KEY_PARAMETER, takesKeys } from './idempotency.ts';
import { LINES_TYPE } from './line-bodies.ts';
import { BASE as MANAGEMENT } from './optio-v1/answering.ts';
import { SCHEMA_COMPILERS } from './schema-compilers.ts';

/** Schemas by their title, which becomes their name. */
type Components = Record<string, unknown>;

export async function describeRoutes(routes: readonly Route[], version: string): Promise<Record<string, unknown>> {
  const app = fastify({ schemaController: { compilersFactory: SCHEMA_COMPILERS } });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Optio',
        version,
        description:
          'A self-hosted communication-preferences server that speaks the HubSpot Communication Preferences API. Optio is independent of HubSpot.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } as { name: string },
      },
      components: {
        securitySchemes: {
          token: {
            type: 'http',
            scheme: 'bearer',
            description:
              'A token of this server (`optio token create`), or an access token of an issuer that its operator trusts.',
          },
        },
      },
    },
    transform: ({ schema, url, route }) =>
      ({
        schema: documented(schema as unknown as EndpointSchema, String(route.method)),
        url,
      }) as never,
    transformObject: (document) => nameSchemas((document as { openapiObject: object }).openapiObject) as never,
  });
  for (const route of routes) {
    const { method, path, scopes, endpoint } = route;
    const { schema } = endpoint;
    const response = { ...schema.response, default: problemOf(endpoint) };
    const lines = schema.lines && { body: { content: bodiesOf(schema) } };
    const headers = takesKeys(route) && isOurs(route) && { headers: KEY_PARAMETER };
    const form = schema.form && { body: schema.form, consumes: ['application/x-www-form-urlencoded'] };
    app.route({
      method,
      url: path,
      schema: { ...schema, ...headers, ...lines, ...form, ...securityOf(scopes), response },
      handler: async () => {},
    });
  }
  await app.ready();
  return app.swagger() as unknown as Record<string, unknown>;
}

/** HubSpot's API is described as HubSpot describes it, though it takes keys here, too. */
function isOurs({ path }: Route): boolean {
  return path.startsWith(`${MANAGEMENT}/`);
}

/** A body in JSON, or of lines in its place. */
function bodiesOf({ body, lines }: EndpointSchema): JsonSchema {
  return {
    'application/json': { schema: { ...body, type: 'object' } },
    [LINES_TYPE]: { schema: lines },
  };
}

const PROBLEM_PAGE = { ...HTML, description: 'A page that says what is wrong, and what to do.' };

function problemOf({ dialect }: Endpoint): JsonSchema {
  if (!dialect) return ERROR_SCHEMA;
  return dialect.problem ?? PROBLEM_PAGE;
}

/** What a route's scopes are to a reader: any one of them suffices, or any one set. */
function securityOf(scopes: Route['scopes']): { security: Record<string, string[]>[] } {
  return { security: scopes === 'public' ? [] : scopes.map((needed) => ({ token: [needed].flat() })) };
}

/** Query strings and paths are text on the wire; what they stand for is what readers and code generators want to know. */
function documented(schema: EndpointSchema, method: string): JsonSchema {
  const response = Object.entries(schema.response).map(([status, answer]) => [
    status,
    { 'x-response-description': answer.description ?? meaningOfStatus(status, schema, method), ...answer },
  ]);
  return {
    ...schema,
    ...meaningOfPart(schema, 'querystring'),
    ...meaningOfPart(schema, 'params'),
    response: Object.fromEntries(response),
  };
}

/** What a success says. Errors bring their own description. */
function meaningOfStatus(status: string, { response, body }: EndpointSchema, method: string): string {
  if (status === '201') return 'Created. The header Location says where it is found from now on.';
  if (status === '207') return 'Some inputs were refused, and errors says why; results answers the others.';
  if (method === 'GET') return 'What was asked for.';
  if (response[207]) return 'Every input was answered.';
  const isBatch = 'inputs' in ((body?.properties as object | undefined) ?? {});
  return isBatch ? 'Carried out, except for the inputs that errors names, if there are any.' : 'Carried out.';
}

function meaningOfPart(schema: EndpointSchema, part: 'querystring' | 'params'): JsonSchema {
  const object = schema[part] as { properties: Record<string, JsonSchema> } | undefined;
  if (!object) return {};
  const properties = Object.entries(object.properties).map(([name, property]) => [name, meaningOf(property)]);
  return { [part]: { ...object, properties: Object.fromEntries(properties) } };
}

function meaningOf(property: JsonSchema): JsonSchema {
  const { type, format, enum: values, ...rest } = property;
  if (format === 'id')
    return { type: 'integer', format: 'int64', minimum: 0, maximum: Number.MAX_SAFE_INTEGER, ...rest };
  if (String(values) === 'true,false') return { type: 'boolean', ...rest };
  return property;
}

/** The formats that readers of OpenAPI know; what else our schemas name is between them and Ajv. */
const PUBLIC_FORMATS: readonly unknown[] = ['int64', 'date-time', 'uuid'];

/** Moves every schema with a title to `components`, so that generated code has names for them. */
function nameSchemas(document: object): object {
  const schemas: Components = {};
  const described = walk(document, schemas) as { components?: object };
  return { ...described, components: { ...described.components, schemas } };
}

interface Operation {
  readonly requestBody?: { readonly content: Record<string, { readonly schema: { readonly type?: unknown } }> };
}

/** A body that may be null may be left out; whoever sends one sends an object. */
function withOptionalBody(node: Operation): object {
  const schema = node.requestBody?.content['application/json']?.schema;
  if (!Array.isArray(schema?.type) || !schema.type.includes('null')) return node;
  const content = { 'application/json': { schema: { ...schema, type: 'object' } } };
  return { ...node, requestBody: { required: false, content } };
}

function walk(node: unknown, schemas: Components): unknown {
  if (Array.isArray(node)) return node.map((entry) => walk(entry, schemas));
  if (node === null || typeof node !== 'object') return node;
  const copy = Object.fromEntries(
    Object.entries(withOptionalBody(node)).map(([key, value]) => [key, walk(value, schemas)]),
  );
  if (typeof copy.format === 'string' && !PUBLIC_FORMATS.includes(copy.format)) delete copy.format;
  if (typeof copy.title !== 'string' || typeof copy.type !== 'string') return copy;
  const { title, ...schema } = copy;
  schemas[title as string] = schema;
  return { $ref: `#/components/schemas/${title}` };
}
