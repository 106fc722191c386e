/** The link to a contact's preference page that other pages of theirs lead to. */
import type { Context } from '../../actions/context.ts';
import type { ContactLink } from '../../actions/open-link.ts';
import { sealLink } from '../../domain/link.ts';

/**
 * Its token, which on a link's page is a relative URL. It ends when the link ends that it was got by: with its key, or
 * when the contact's links are taken back.
 */
export function manageToken({ randomness }: Pick<Context, 'randomness'>, { key, claims }: ContactLink): string {
  return sealLink(key, randomness.nonce(), { ...claims, purpose: 'manage' });
}
