/** The setting `limits` as text: `off`, `hubspot`, or a list such as `app=190,account-daily=650000`. */
import type { RateLimits } from './settings.ts';

/** What stands for a whole list. */
export const LIMIT_WORDS = ['off', 'hubspot'] as const;

/** HubSpot's figures for a private app and its account, in their smallest edition. */
const HUBSPOT: RateLimits = { app: 100, accountDaily: 250_000 };

/** The most that each may be: an app's instants are kept in memory. */
const MOST: Readonly<Record<string, number>> = { app: 100_000, 'account-daily': 1_000_000_000 };

/** Null where nothing is limited; undefined where the text cannot be meant. */
export function readLimits(text: string): RateLimits | null | undefined {
  if (text === 'off') return null;
  if (text === 'hubspot') return HUBSPOT;
  const counts = new Map<string, number>();
  for (const entry of text.split(',')) {
    const [, name = '', digits] = /^([a-z-]+)=(\d{1,10})$/.exec(entry) ?? [];
    const count = Number(digits);
    if (counts.has(name) || !(count >= 1 && count <= MOST[name]!)) return undefined;
    counts.set(name, count);
  }
  return { app: counts.get('app') ?? null, accountDaily: counts.get('account-daily') ?? null };
}

/** As `readLimits` takes it, with the figures that a word stands for. */
export function showLimits(limits: RateLimits | null): string {
  if (limits === null) return 'off';
  const { app, accountDaily } = limits;
  return [app && `app=${app}`, accountDaily && `account-daily=${accountDaily}`].filter(Boolean).join(',');
}
