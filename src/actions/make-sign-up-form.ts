/** Makes a form that anybody may sign up with. Nothing is stored: its link says what it offers. */
import type { BusinessUnit, SubscriptionDefinition } from '../domain/catalog.ts';
import { type LinkMaker, linkTo } from './make-links.ts';
import { currentLinkKey } from './manage-link-keys.ts';
import { type OfferRefusal, offerOf } from './sign-up.ts';

export interface SignUpFormWish {
  /** At least one. */
  readonly subscriptionIds: readonly number[];
  /** BCP 47; null for the brand's own. */
  readonly language: string | null;
}

export type SignUpFormOutcome =
  | {
      readonly kind: 'made';
      /** Of the page with the form; a form elsewhere is posted there. */
      readonly url: string;
      readonly brand: BusinessUnit;
      readonly definitions: readonly SubscriptionDefinition[];
    }
  | { readonly kind: 'refused'; readonly refusal: OfferRefusal };

/** Whether messages can be sent does not matter here: the form may be made before. */
export async function makeSignUpForm(
  context: LinkMaker,
  accountId: number,
  { subscriptionIds, language }: SignUpFormWish,
): Promise<SignUpFormOutcome> {
  const offer = offerOf(await context.catalogs.catalog(accountId), subscriptionIds);
  if (offer.kind === 'refused') return offer;
  const { brand, definitions } = offer;
  const url = linkTo(context, await currentLinkKey(context, accountId), {
    purpose: 'sign-up',
    businessUnitId: brand.id,
    subscriptionIds: definitions.map(({ id }) => id),
    language,
    address: '',
  });
  return { kind: 'made', url, brand, definitions };
}
