/** How settings may be shown to people: without their secrets. */
import { showMailFrom } from './mail-from.ts';
import { showLimits } from './rate-limits.ts';
import type { Config, Setting } from './settings.ts';
import { showIssuers } from './trusted-issuers.ts';

/** Query parameters of a PostgreSQL URL that say nothing secret; any other is hidden. */
const HARMLESS = new Set(['host', 'port', 'user', 'dbname', 'sslmode', 'application_name', 'connect_timeout']);

export function showDatabaseUrl(databaseUrl: string): string {
  return databaseUrl.startsWith('sqlite:') ? databaseUrl : showUrl(databaseUrl);
}

/**
 * The URL of a server without its password. What stands between the user's colon and the last `@` is hidden, so that a
 * password with unescaped `/` or `@` does not slip through.
 */
export function showUrl(url: string): string {
  const [hidden, query] = splitOnce(url.replace(/^([^:]+:\/\/[^:@/?]*):.*@/, '$1:***@'), '?');
  if (query === null) return hidden;
  const shown = query.split('&').map((pair) => {
    const [name] = splitOnce(pair, '=');
    return HARMLESS.has(name) ? pair : `${name}=***`;
  });
  return `${hidden}?${shown.join('&')}`;
}

/** One line on a database that cannot be used; `why` is a sentence. */
export function describeUnusableDatabase(databaseUrl: string, why: string): string {
  return `the database ${showDatabaseUrl(databaseUrl)} cannot be used: ${why}`;
}

function splitOnce(text: string, separator: string): [string, string | null] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}

/** One setting's value as text for people. */
export function showSetting(setting: Setting, config: Config): string {
  if (setting.key === 'limits') return showLimits(config.limits);
  if (setting.key === 'trustedProxies') return config.trustedProxies.join(',') || 'none';
  if (setting.key === 'oidcIssuers') return showIssuers(config.oidcIssuers);
  if (setting.key === 'mailFrom') return config.mailFrom === null ? 'not set' : showMailFrom(config.mailFrom);
  const value = config[setting.key];
  if (value === null) return 'not set';
  switch (setting.secret) {
    case 'no':
      return String(value);
    case 'part':
      return showDatabaseUrl(String(value));
    case 'whole':
      return 'set, but not shown';
  }
}
