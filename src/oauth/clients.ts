/** Apps as the library knows them: its "clients". */
import { timingSafeEqual } from 'node:crypto';
import type { AdapterPayload } from 'oidc-provider';
import { hashSecret } from '../actions/hash-secret.ts';
import type { ClientSecret } from '../domain/catalog.ts';
import type { FoundApp } from '../storage/port.ts';

/** The library wants a secret to compare with, and nobody here knows one: `isSecretOf` takes its comparison's place. */
const NOT_COMPARED = 'secrets-are-kept-as-hashes';

/** An app without redirect URIs cannot send anybody back, so no operator can approve it; it may still act for itself. */
export function clientOf({ app }: FoundApp): AdapterPayload {
  const canReturn = app.redirectUris.length > 0;
  return {
    client_id: app.clientId,
    client_name: app.name,
    client_secret: NOT_COMPARED,
    redirect_uris: [...app.redirectUris],
    response_types: canReturn ? ['code'] : [],
    grant_types: [...(canReturn ? ['authorization_code', 'refresh_token'] : []), 'client_credentials'],
    token_endpoint_auth_method: 'client_secret_post',
  };
}

/** Whether `sent` is one of `secrets` that works at `now`, in epoch milliseconds. */
export function isSecretOf(secrets: readonly ClientSecret[], sent: string, now: number): boolean {
  const sentHash = Buffer.from(hashSecret(sent), 'hex');
  return secrets.some(
    ({ secretHash, expiresAt }) =>
      (expiresAt === null || expiresAt > now) && timingSafeEqual(Buffer.from(secretHash, 'hex'), sentHash),
  );
}
