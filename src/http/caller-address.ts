/** Which address a request comes from: the connection's, or what trusted proxies say of it in `X-Forwarded-For`. */
import { isIP } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Caller } from '../domain/access.ts';
import { NetworkList } from '../domain/networks.ts';

declare module 'fastify' {
  interface FastifyRequest extends Caller {}
  interface FastifyInstance {
    /** Whether the operator says which proxies are in front; otherwise nobody's `X-Forwarded-For` is believed. */
    knowsProxies: boolean;
  }
}

/** Lets requests say who calls. `trustedProxies` are networks as `parseNetwork` makes them. */
export function tellCallers(app: FastifyInstance, trustedProxies: readonly string[]): void {
  const proxies = trustedProxies.length === 0 ? null : new NetworkList(trustedProxies);
  app.decorate('knowsProxies', proxies !== null);
  app.decorateRequest('callerAddress', {
    getter() {
      const connected = this.raw.socket.remoteAddress ?? null;
      if (proxies === null || connected === null || !proxies.has(connected)) return connected;
      return forwardedFor(this, proxies, connected);
    },
  });
}

/**
 * Each proxy adds the address that it was called from, so the last one that is no trusted proxy's is the caller's; those
 * before it are whatever the caller sent. Where nothing was forwarded, the proxy itself calls. Null for what is no address.
 */
function forwardedFor(request: FastifyRequest, proxies: NetworkList, proxy: string): string | null {
  const addresses = forwardedAddresses(request);
  const caller = addresses.findLast((address) => !proxies.has(address)) ?? addresses[0] ?? proxy;
  return isIP(caller) === 0 ? null : caller;
}

/** The addresses in `X-Forwarded-For` as proxies wrote them, the nearest caller's last; an empty one is not known. */
export function forwardedAddresses(request: FastifyRequest): string[] {
  const header = [request.headers['x-forwarded-for'] ?? []].flat().join(',');
  return header.trim() === '' ? [] : header.split(',').map((entry) => withoutPort(entry.trim()));
}

/** Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function withoutPort(entry: string): string {
  return entry.replace(/^\[(.*)\](?::\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1');
}
