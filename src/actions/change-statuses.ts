/** Changes statuses: one, many, or an opt-out of everything. A single write is a batch of one. */
import type { Principal } from '../domain/access.ts';
import type { Address } from '../domain/address.ts';
import { type ChangeRequest, publicApiActor } from '../domain/outcome.ts';
import type { CommitOutcome } from './committer.ts';
import type { Context } from './context.ts';
import { refOf } from './subscriber-ref.ts';

/** One change, for an address that was already found to be one. */
export interface AddressedRequest {
  readonly address: Address;
  readonly request: ChangeRequest;
}

/**
 * Carries out the requests in their order, in one transaction, as the principal's app. Refused ones spoil only
 * themselves. Resolves once the change is durable.
 */
export async function changeStatuses(
  context: Context,
  principal: Principal,
  requests: readonly AddressedRequest[],
): Promise<CommitOutcome> {
  const { accountId, appId } = principal;
  const changes = requests.map(({ address, request }) => ({
    ref: refOf(accountId, address),
    address,
    request,
  }));
  if (changes.length === 0) return { kind: 'committed', outcomes: [] };
  return context.committer.submit({ accountId, actor: publicApiActor(appId), changes });
}
