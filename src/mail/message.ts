/** Writes the message that asks a contact to confirm all that waits for it, with a link of the contact's own. */
import { hash } from 'node:crypto';
import { confirmable } from '../actions/confirm-sign-ups.ts';
import type { Context } from '../actions/context.ts';
import { linkTo } from '../actions/make-links.ts';
import { currentLinkKey } from '../actions/manage-link-keys.ts';
import { parseAddress } from '../domain/address.ts';
import type { BusinessUnit } from '../domain/catalog.ts';
import type { Frame } from '../pages/views.ts';
import type { MessageClaim } from '../storage/port.ts';

/** A message as it is handed to a mail server. */
export interface Message {
  readonly to: string;
  readonly subject: string;
  /** BCP 47. */
  readonly language: string;
  /** The link in it. */
  readonly confirmUrl: string;
  readonly text: string;
  readonly html: string;
  /** Names the message, however often it is tried to send: 32 hexadecimal digits. */
  readonly id: string;
}

/** Null where nothing is left to ask for: it was confirmed meanwhile, or its types are sent no more. */
export async function composeMessage(context: Context, claim: MessageClaim): Promise<Message | null> {
  const { accountId, subscriberKey } = claim.ref;
  const catalog = await context.catalogs.catalog(accountId);
  const pending = confirmable(claim.signUps, catalog, context.clock());
  const [first] = pending;
  const address = parseAddress(claim.signUps.address);
  if (!first || !address) return null;
  const { chooseLanguage, drawConfirmationMessage, nameOf, typeInLanguage } = await import('../pages/pages.ts');
  const language = chooseLanguage({ linked: first.language, look: first.brand.look });
  const frameOf = (brand: BusinessUnit): Frame => {
    return { brandName: brand.name, look: brand.look, language, languagePath: null };
  };
  const brands = Map.groupBy(pending, ({ brand }) => brand);
  const url = linkTo(context, await currentLinkKey(context, accountId), {
    purpose: 'confirm',
    businessUnitId: first.brand.id,
    subscriptionIds: [],
    language: first.language,
    address: address.written,
  });
  const drawn = drawConfirmationMessage(frameOf(first.brand), {
    address: address.shown,
    brands: Array.from(brands, ([brand, types]) => ({
      name: nameOf(frameOf(brand)),
      types: types.map(({ definition }) => typeInLanguage(definition, language)),
    })),
    url,
  });
  const id = hash('sha256', `${accountId}\n${subscriberKey}\n${claim.signUps.message.dueSince}`, 'hex').slice(0, 32);
  return { ...drawn, to: address.written, language, confirmUrl: url, id };
}
