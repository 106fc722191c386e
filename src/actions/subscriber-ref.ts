/** Which subscriber row an address names. */
import { type Address, subscriberKey } from '../domain/address.ts';
import type { SubscriberRef } from '../storage/port.ts';

export function refOf(accountId: number, address: Address): SubscriberRef {
  return { accountId, subscriberKey: subscriberKey(accountId, address.normalised) };
}
