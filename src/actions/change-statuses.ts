/** Changes statuses: one, many, or an opt-out of everything. A single write is a batch of one. */
import type { Principal } from '../domain/access.ts';
import type { Address } from '../domain/address.ts';
import { type ChangeRequest, publicApiActor } from '../domain/outcome.ts';
import { changesMadeBefore } from './changes-made-before.ts';
import type { CommitOutcome } from './committer.ts';
import type { Context } from './context.ts';
import type { WantedChanges } from './gathering.ts';
import { refOf } from './subscriber-ref.ts';

/** One change, for an address that was already found to be one. */
export interface AddressedRequest {
  readonly address: Address;
  readonly request: ChangeRequest;
}

/**
 * Carries out the requests in their order, in one transaction, as the principal's app. Refused ones spoil only
 * themselves. Resolves once the change is durable. `cutOffSince`: since when an attempt at the same requests may have carried
 * them out (epoch milliseconds), where there was one whose answer was lost; what it did is not done again.
 */
export async function changeStatuses(
  context: Context,
  principal: Principal,
  requests: readonly AddressedRequest[],
  cutOffSince: number | null = null,
): Promise<CommitOutcome> {
  const { accountId, appId } = principal;
  const changes = requests.map(({ address, request }) => ({
    ref: refOf(accountId, address),
    address,
    request,
  }));
  if (changes.length === 0) return { kind: 'committed', outcomes: [] };
  const wanted = { accountId, actor: publicApiActor(appId), changes };
  return cutOffSince === null ? context.committer.submit(wanted) : resume(context, wanted, cutOffSince);
}

/** Carries out what an attempt before did not. */
async function resume(context: Context, wanted: WantedChanges, cutOffSince: number): Promise<CommitOutcome> {
  const catalog = await context.catalogs.freshCatalog(wanted.accountId);
  const made = await changesMadeBefore(context.store.subscribers, catalog, wanted, cutOffSince);
  const changes = wanted.changes.filter((_, place) => made[place] === null);
  if (changes.length === 0) return { kind: 'committed', outcomes: made.filter((outcome) => outcome !== null) };
  const commit = await context.committer.submit({ ...wanted, changes });
  if (commit.kind !== 'committed') return commit;
  const decided = commit.outcomes.values();
  return { kind: 'committed', outcomes: made.map((outcome) => outcome ?? decided.next().value!) };
}
