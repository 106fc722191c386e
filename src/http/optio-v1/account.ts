/** `/optio/v1/account`: the account that the token belongs to. */
import { describeAccount } from '../../actions/describe-catalog.ts';
import { findAccount, updateAccount } from '../../actions/manage-accounts.ts';
import { principalOf } from '../auth.ts';
import { endpoint } from '../endpoint.ts';
import { answer } from './answering.ts';
import { ACCOUNT, ACCOUNT_PATCH } from './schemas.ts';

const tags = ['Management'];

export const getAccountEndpoint = endpoint(
  {
    operationId: 'get-account',
    summary: 'Read the account',
    description: 'The account that the token belongs to, and its settings.',
    tags,
    response: { 200: ACCOUNT },
  },
  async (context, request, reply) => {
    const outcome = await findAccount(context, principalOf(request).accountId);
    return answer(request, reply, outcome, describeAccount);
  },
);

export const patchAccountEndpoint = endpoint(
  {
    operationId: 'patch-account',
    summary: "Change the account's settings",
    description: 'Changes what is given and leaves the rest.',
    tags,
    body: ACCOUNT_PATCH,
    response: { 200: ACCOUNT },
  },
  async (context, request, reply) => {
    const outcome = await updateAccount(context, principalOf(request).accountId, request.body);
    return answer(request, reply, outcome, describeAccount);
  },
);
