/** What a contact's request looked like, for the ledger. */
import type { FastifyRequest } from 'fastify';
import { MAX_EVIDENCE_CHARACTERS, type ObservedRequest } from '../../domain/evidence.ts';
import { forwardedAddresses } from '../caller-address.ts';

/** Whether a contact's IP address is kept: not, that of the connection, or the one that proxies name. */
export type EvidenceIp = 'off' | 'connection' | 'forwarded';

declare module 'fastify' {
  interface FastifyInstance {
    evidenceIp: EvidenceIp;
  }
}

/** Only what the request says of its sender: cookies, and the link itself, are none of it. */
export function observe(request: FastifyRequest): ObservedRequest {
  const { 'user-agent': userAgent, 'content-type': contentType, origin, referer } = request.headers;
  const ipAddress = ipAddressOf(request);
  return {
    at: new Date(request.arrivedAt).toISOString(),
    ...(userAgent && { userAgent: cut(userAgent) }),
    ...(contentType && { contentType: cut(contentType) }),
    ...(origin && { origin: cut(origin) }),
    ...(referer && { referrer: cut(withoutPath(referer)) }),
    ...(ipAddress && { ipAddress: cut(ipAddress) }),
  };
}

function ipAddressOf(request: FastifyRequest): string | undefined {
  switch (request.server.evidenceIp) {
    case 'off':
      return undefined;
    case 'connection':
      return request.raw.socket.remoteAddress;
    case 'forwarded':
      if (request.server.knowsProxies) return request.callerAddress ?? undefined;
      // Whoever is in front of this server wrote the last one; those before it are whatever its client sent.
      return forwardedAddresses(request).at(-1);
  }
}

/** A referrer's path may be a link, which is a secret. */
function withoutPath(referrer: string): string {
  return URL.canParse(referrer) ? new URL(referrer).origin : '';
}

function cut(text: string): string {
  return text.slice(0, MAX_EVIDENCE_CHARACTERS).toWellFormed();
}
