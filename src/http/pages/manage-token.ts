/** The link to a contact's preference page that other pages of theirs lead to. */
import type { Context } from '../../actions/context.ts';
import { sealNow } from '../../actions/make-links.ts';
import { currentLinkKey } from '../../actions/manage-link-keys.ts';
import type { ContactLink } from '../../actions/open-link.ts';

/** Its token, which on a link's page is a relative URL. */
export async function manageToken(context: Context, { accountId, claims }: ContactLink): Promise<string> {
  const key = await currentLinkKey(context, accountId);
  return sealNow(context, key, { ...claims, purpose: 'manage' });
}
