/** How many inputs a batch may hold: HubSpot's hundred, or what the operator wants. */
import type { JsonSchema, Route } from './endpoint.ts';
import { MAX_INPUTS } from './v4/request-schemas.ts';

/** The routes, those of HubSpot's batches with `maxInputs` as their limit: in what is refused and in `/openapi.json` alike. */
export function limitBatches(routes: readonly Route[], maxInputs: number): readonly Route[] {
  return routes.map((route) => {
    const { endpoint } = route;
    const { body } = endpoint.schema;
    const properties = body?.properties as Readonly<Record<string, JsonSchema>> | undefined;
    if (properties?.inputs?.maxItems !== MAX_INPUTS) return route;
    const inputs = { ...properties.inputs, maxItems: maxInputs };
    const schema = { ...endpoint.schema, body: { ...body, properties: { ...properties, inputs } } };
    return { ...route, endpoint: { ...endpoint, schema } };
  });
}
