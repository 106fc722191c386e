/** What commands make links with, and what they say of where those lead. */
import { type LinkMaker, linkMakerOf } from '../actions/make-links.ts';
import type { Management } from '../actions/manage-outcome.ts';
import type { Config } from '../config/settings.ts';
import { siteUrl } from '../config/site-url.ts';
import type { Shell } from './shell.ts';

/** In place of a maker where nobody can know what links begin with. */
export const SITE_UNKNOWN = 'where contacts find the server is not known: set OPTIO_PUBLIC_URL or --public-url';

/** Null where the site is not known: the server takes any port, and no setting says where contacts find it. */
export function openLinkMaker(management: Management, config: Config): LinkMaker | null {
  const { publicUrl, port } = config;
  return publicUrl === null && port === 0 ? null : linkMakerOf(management, siteUrl(config, port));
}

/** Says on standard error what links begin with, where no setting says so. */
export function warnOfSite(shell: Shell, { publicUrl }: Config, { site }: LinkMaker): void {
  if (publicUrl !== null) return;
  shell.complain(
    `optio: OPTIO_PUBLIC_URL is not set: the links begin with ${site.url}, which contacts may not reach\n`,
  );
}
