/** Optio's own version. */
import { readFileSync } from 'node:fs';

/** As `package.json` says, which stands two folders up in a checkout and in the published package alike. */
export function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
