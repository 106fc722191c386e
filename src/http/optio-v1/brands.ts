/** `/optio/v1/brands`: the account's brands, which HubSpot calls business units. */
import { describeBrand } from '../../actions/describe-catalog.ts';
import { createBrand, findBrand, listBrands, updateBrand } from '../../actions/manage-brands.ts';
import { principalOf } from '../auth.ts';
import { endpoint } from '../endpoint.ts';
import { answer, answerCreated } from './answering.ts';
import { BRAND, BRAND_PATCH, BRAND_POST, idParams, listOf } from './schemas.ts';
import { sentId } from './sent-id.ts';

const tags = ['Management'];
const params = idParams('brandId');

export const listBrandsEndpoint = endpoint(
  {
    operationId: 'list-brands',
    summary: 'List brands',
    description: "The account's brands; 0 is the account itself.",
    tags,
    response: { 200: listOf('Brands', BRAND) },
  },
  async (context, request, reply) => {
    const outcome = await listBrands(context, principalOf(request).accountId);
    return answer(request, reply, outcome, (brands) => ({ results: brands.map(describeBrand) }));
  },
);

export const getBrandEndpoint = endpoint(
  {
    operationId: 'get-brand',
    summary: 'Read a brand',
    description: 'One brand, and how it shows itself to its contacts.',
    tags,
    params,
    response: { 200: BRAND },
  },
  async (context, request, reply) => {
    const outcome = await findBrand(context, principalOf(request).accountId, Number(request.params.brandId));
    return answer(request, reply, outcome, describeBrand);
  },
);

export const postBrandEndpoint = endpoint(
  {
    operationId: 'create-brand',
    summary: 'Create a brand',
    description: 'Creates a brand. Definitions are given to it when they are created.',
    tags,
    body: BRAND_POST,
    response: { 201: BRAND },
  },
  async (context, request, reply) => {
    const wish = { ...request.body, id: sentId(request.body.id) };
    const outcome = await createBrand(context, principalOf(request).accountId, wish);
    return answerCreated(request, reply, outcome, describeBrand, ({ id }) => `brands/${id}`);
  },
);

export const patchBrandEndpoint = endpoint(
  {
    operationId: 'patch-brand',
    summary: 'Change a brand',
    description:
      'Renames it, or changes its look. Changes what is given and leaves the rest, also within look and its texts; null resets.',
    tags,
    params,
    body: BRAND_PATCH,
    response: { 200: BRAND },
  },
  async (context, request, reply) => {
    const { accountId } = principalOf(request);
    const outcome = await updateBrand(context, accountId, Number(request.params.brandId), request.body);
    return answer(request, reply, outcome, describeBrand);
  },
);
