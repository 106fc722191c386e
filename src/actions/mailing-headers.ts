/** The headers by which mail programs offer to unsubscribe, ready to be put into a message. */
import type { BrandLook } from '../domain/brand-look.ts';

/** What a message's headers are made of. */
export interface MailingHeadersOf {
  /** The URL that a mail program posts to. */
  readonly oneClickUrl: string;
  readonly look: Pick<BrandLook, 'unsubscribeMailbox' | 'listDomain'>;
  readonly businessUnitId: number;
  /** The mailing's type; null where it is of none. */
  readonly subscriptionId: number | null;
  /** Where contacts find this server. */
  readonly siteUrl: string;
}

/** RFC 2369, RFC 8058 and RFC 2919. The values are single lines of ASCII; folding them is up to whoever sends. */
export function mailingHeaders(of: MailingHeadersOf) {
  const { oneClickUrl, look } = of;
  const mailto = look.unsubscribeMailbox === null ? [] : [mailtoUrl(look.unsubscribeMailbox, oneClickUrl)];
  return {
    'List-Unsubscribe': [oneClickUrl, ...mailto].map((url) => `<${url}>`).join(', '),
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    'List-Id': `<${listLabel(of)}.${look.listDomain ?? domainOf(of.siteUrl)}>`,
  };
}

/** The subject names the link, so that whoever reads the mailbox can post to it. */
function mailtoUrl(mailbox: string, oneClickUrl: string): string {
  const token = oneClickUrl.slice(oneClickUrl.lastIndexOf('/') + 1);
  const box = mailbox.split('@').map(encodeURIComponent).join('@');
  return `mailto:${box}?subject=${encodeURIComponent(`unsubscribe ${token}`)}`;
}

function listLabel({ businessUnitId, subscriptionId }: MailingHeadersOf): string {
  return subscriptionId === null ? `brand-${businessUnitId}` : String(subscriptionId);
}

/** A list's id ends in a domain; one without a domain of its own ends in `localhost` (RFC 2919 section 3). */
function domainOf(url: string): string {
  const { hostname } = new URL(url);
  return /^[\d.]+$|^\[/.test(hostname) ? 'localhost' : hostname;
}
