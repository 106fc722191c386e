/** `/openapi.json`: everything that is served, made from the schemas that validate it. */
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import type { JsonSchema, Route } from './endpoint.ts';
import { endpoint } from './endpoint.ts';

/** Schemas by their title, which becomes their name. */
type Components = Record<string, unknown>;

export async function describeInOpenApi(app: FastifyInstance, version: string): Promise<void> {
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
          token: { type: 'http', scheme: 'bearer', description: 'A token of this server: `optio token create`.' },
        },
      },
    },
    transform: ({ schema, url }) => ({ schema: documented(schema as JsonSchema), url }) as never,
    transformObject: (document) => nameSchemas((document as { openapiObject: object }).openapiObject) as never,
  });
}

/** What a route's scopes are to a reader: any one of them suffices. */
export function securityOf(scopes: Route['scopes']): { security: Record<string, string[]>[] } {
  return { security: scopes === 'public' ? [] : scopes.map((scope) => ({ token: [scope] })) };
}

export const openApiEndpoint = endpoint(
  {
    operationId: 'openapi',
    summary: 'This document',
    description: 'Describes everything that this server serves, as OpenAPI 3.1.',
    tags: ['Operation'],
    response: { 200: { type: 'object', additionalProperties: true } },
  },
  (_context, request) => request.server.swagger() as unknown as Record<string, unknown>,
);

/** Query strings and paths are text on the wire; what they stand for is what readers and code generators want to know. */
function documented(schema: JsonSchema): JsonSchema {
  return { ...schema, ...meaningOfPart(schema, 'querystring'), ...meaningOfPart(schema, 'params') };
}

function meaningOfPart(schema: JsonSchema, part: 'querystring' | 'params'): JsonSchema {
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

/** Moves every schema with a title to `components`, so that generated code has names for them. */
function nameSchemas(document: object): object {
  const schemas: Components = {};
  const described = walk(document, schemas) as { components?: object };
  return { ...described, components: { ...described.components, schemas } };
}

function walk(node: unknown, schemas: Components): unknown {
  if (Array.isArray(node)) return node.map((entry) => walk(entry, schemas));
  if (node === null || typeof node !== 'object') return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, walk(value, schemas)]));
  if (typeof copy.title !== 'string' || typeof copy.type !== 'string') return copy;
  const { title, ...schema } = copy;
  schemas[title as string] = schema;
  return { $ref: `#/components/schemas/${title}` };
}
