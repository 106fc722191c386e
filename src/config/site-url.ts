/** Where a server is found. */
import type { Config } from './settings.ts';

/** What contacts' links begin with: as the settings say, or else where the server listens. */
export function siteUrl({ publicUrl, host }: Pick<Config, 'publicUrl' | 'host'>, listeningPort: number): string {
  return publicUrl ?? `http://${inUrl(reachable(host))}:${listeningPort}`;
}

/** Of a host that stands for every interface, one that a browser on this machine finds. */
function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? 'localhost' : host;
}

/** A host as it stands in a URL: IPv6 addresses in brackets. */
export function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
