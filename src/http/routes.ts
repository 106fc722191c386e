/** The table of contents: everything that is served, and what a token needs for it. Any one scope suffices. */

import { LINK_PATH } from '../actions/make-links.ts';
import type { NeededScopes, Scope } from '../domain/access.ts';
import type { Route } from './endpoint.ts';
import { frontPageEndpoint } from './front-page.ts';
import { liveEndpoint, readyEndpoint } from './health.ts';
import { authorizeEndpoint, resumeEndpoint } from './oauth/authorize.ts';
import { postConsentEndpoint, showConsentEndpoint } from './oauth/consent-page.ts';
import * as oauth from './oauth/endpoints.ts';
import { showSignInEndpoint, signInEndpoint, signOutEndpoint } from './oauth/sign-in-page.ts';
import * as tokenInfo from './oauth/token-info.ts';
import { openApiEndpoint } from './openapi.ts';
import { getAccountEndpoint, patchAccountEndpoint } from './optio-v1/account.ts';
import * as apps from './optio-v1/apps.ts';
import { getBrandEndpoint, listBrandsEndpoint, patchBrandEndpoint, postBrandEndpoint } from './optio-v1/brands.ts';
import { listCheckpointsEndpoint } from './optio-v1/checkpoints.ts';
import * as definitions from './optio-v1/definitions.ts';
import { eligibilityEndpoint } from './optio-v1/eligibility.ts';
import { readEventsEndpoint } from './optio-v1/events.ts';
import * as installations from './optio-v1/installations.ts';
import { listLinkKeysEndpoint, postLinkKeyEndpoint } from './optio-v1/link-keys.ts';
import { batchLinksEndpoint, revokeLinksEndpoint } from './optio-v1/links.ts';
import { postSignUpEndpoint, postSignUpFormEndpoint } from './optio-v1/sign-ups.ts';
import {
  eraseEndpoint,
  exportEndpoint,
  readHistoryEndpoint,
  readStatusesThenEndpoint,
} from './optio-v1/subscribers.ts';
import * as tokens from './optio-v1/tokens.ts';
import { deleteTranslationEndpoint, putTranslationEndpoint } from './optio-v1/translations.ts';
import { postLinkEndpoint, showLinkEndpoint } from './pages/link-page.ts';
import * as v3 from './v3/endpoints.ts';
import type { PartialRead } from './v4/answer-schemas.ts';
import { batchOptOutOfAllEndpoint } from './v4/batch-opt-out-of-all.ts';
import { batchReadOptOutsEndpoint } from './v4/batch-read-opt-outs.ts';
import { batchReadStatusesEndpoint } from './v4/batch-read-statuses.ts';
import { batchWriteStatusesEndpoint } from './v4/batch-write-statuses.ts';
import { generateLinksEndpoint } from './v4/generate-links.ts';
import { listDefinitionsEndpoint } from './v4/list-definitions.ts';
import { optOutOfAllEndpoint } from './v4/opt-out-of-all.ts';
import { readOptOutsEndpoint } from './v4/read-opt-outs.ts';
import { readStatusesEndpoint } from './v4/read-statuses.ts';
import { writeStatusEndpoint } from './v4/write-status.ts';

// HubSpot's old names first, then those of 2026-03.
const READ_DEFINITIONS: readonly Scope[] = [
  'communication_preferences.read',
  'communication_preferences.read_write',
  'subscriptions-definition-read',
];
const READ: readonly Scope[] = [
  'communication_preferences.read',
  'communication_preferences.read_write',
  'subscriptions-status-read',
];
const WRITE: readonly Scope[] = [
  'communication_preferences.write',
  'communication_preferences.read_write',
  'subscriptions-status-write',
];
/** A link lets its holder read and write, so whoever makes one needs both. */
const MAKE_LINKS: readonly NeededScopes[] = [
  'communication_preferences.read_write',
  ['communication_preferences.read', 'communication_preferences.write'],
  ['subscriptions-status-read', 'subscriptions-status-write'],
];
const BATCH_READ: readonly Scope[] = [
  'communication_preferences.statuses.batch.read',
  'subscription-status-batch-read',
];
const BATCH_WRITE: readonly Scope[] = [
  'communication_preferences.statuses.batch.write',
  'subscription-status-batch-write',
];

const ADMIN: readonly Scope[] = ['optio.admin'];

const MANAGE = '/optio/v1';

/** v4 and its dated successors; paths are below the family's. */
// biome-ignore format: a table is read by its columns
const statusRoutes = (partialRead: PartialRead): readonly Route[] => [
  { method: 'GET',  path: '/definitions',                                   scopes: READ_DEFINITIONS, endpoint: listDefinitionsEndpoint },
  { method: 'GET',  path: '/statuses/:subscriberIdString',                  scopes: READ,             endpoint: readStatusesEndpoint },
  { method: 'POST', path: '/statuses/:subscriberIdString',                  scopes: WRITE,            endpoint: writeStatusEndpoint },
  { method: 'GET',  path: '/statuses/:subscriberIdString/unsubscribe-all',  scopes: READ,             endpoint: readOptOutsEndpoint },
  { method: 'POST', path: '/statuses/:subscriberIdString/unsubscribe-all',  scopes: WRITE,            endpoint: optOutOfAllEndpoint },
  { method: 'POST', path: '/statuses/batch/read',                           scopes: BATCH_READ,       endpoint: batchReadStatusesEndpoint(partialRead) },
  { method: 'POST', path: '/statuses/batch/write',                          scopes: BATCH_WRITE,      endpoint: batchWriteStatusesEndpoint },
  { method: 'POST', path: '/statuses/batch/unsubscribe-all',                scopes: BATCH_WRITE,      endpoint: batchOptOutOfAllEndpoint },
  { method: 'POST', path: '/statuses/batch/unsubscribe-all/read',           scopes: BATCH_READ,       endpoint: batchReadOptOutsEndpoint(partialRead) },
  { method: 'POST', path: '/links/generate',                                scopes: MAKE_LINKS,       endpoint: generateLinksEndpoint },
];

// biome-ignore format: a table is read by its columns
const V3_STATUS_ROUTES: readonly Route[] = [
  { method: 'GET',  path: '/status/email/:emailAddress',                    scopes: READ,             endpoint: v3.readStatusEndpoint },
  { method: 'POST', path: '/subscribe',                                     scopes: WRITE,            endpoint: v3.subscribeEndpoint },
  { method: 'POST', path: '/unsubscribe',                                   scopes: WRITE,            endpoint: v3.unsubscribeEndpoint },
];
// biome-ignore format: a table is read by its columns
const V3_ROUTES: readonly Route[] = [
  { method: 'GET',  path: '/definitions',                                   scopes: READ_DEFINITIONS, endpoint: v3.listDefinitionsEndpoint },
  ...V3_STATUS_ROUTES,
];
// biome-ignore format: a table is read by its columns
const RESUBSCRIBE_ROUTES: readonly Route[] = [
  { method: 'POST', path: '/resubscribe',                                   scopes: WRITE,            endpoint: v3.resubscribeEndpoint },
];

/** A family of HubSpot's API: its routes below its path, its operations named after it. */
function family(name: string, ...tables: readonly (readonly Route[])[]): Route[] {
  return below(`/communication-preferences/${name}`, name, tables.flat());
}

function oauthFamily(name: string, table: readonly Route[]): Route[] {
  return below(`/oauth/${name}`, `oauth-${name}`, table);
}

function below(base: string, name: string, table: readonly Route[]): Route[] {
  return table.map(({ path, endpoint, ...route }) => ({
    ...route,
    path: `${base}${path}`,
    endpoint: { ...endpoint, schema: { ...endpoint.schema, operationId: `${name}-${endpoint.schema.operationId}` } },
  }));
}

/** OAuth's endpoints, by which apps get their tokens; the newer versions have the same under other names. */
// biome-ignore format: a table is read by its columns
const TOKEN_ROUTES: readonly Route[] = [
  { method: 'POST', path: '/token',                                         scopes: 'public',         endpoint: oauth.tokenEndpoint },
  { method: 'POST', path: '/token/introspect',                              scopes: 'public',         endpoint: oauth.introspectEndpoint },
  { method: 'POST', path: '/token/revoke',                                  scopes: 'public',         endpoint: oauth.revokeEndpoint },
];
// biome-ignore format: a table is read by its columns
const V1_TOKEN_ROUTES: readonly Route[] = [
  { method: 'POST',   path: '/token',                                       scopes: 'public',         endpoint: oauth.tokenEndpoint },
  { method: 'GET',    path: '/access-tokens/:token',                        scopes: 'public',         endpoint: tokenInfo.readAccessTokenEndpoint },
  { method: 'GET',    path: '/refresh-tokens/:token',                       scopes: 'public',         endpoint: tokenInfo.readRefreshTokenEndpoint },
  { method: 'DELETE', path: '/refresh-tokens/:token',                       scopes: 'public',         endpoint: tokenInfo.deleteRefreshTokenEndpoint },
];

// biome-ignore format: a table is read by its columns
export const ROUTES: readonly Route[] = [
  ...family('v4',      statusRoutes(207)),
  ...family('2026-03', statusRoutes(207)),
  ...family('2026-09', statusRoutes(200), V3_STATUS_ROUTES, RESUBSCRIBE_ROUTES),
  ...family('2025-09', statusRoutes(200), V3_STATUS_ROUTES, RESUBSCRIBE_ROUTES),
  ...family('v3',      V3_ROUTES),

  ...oauthFamily('v1',      V1_TOKEN_ROUTES),
  ...oauthFamily('v3',      TOKEN_ROUTES),
  ...oauthFamily('2026-03', TOKEN_ROUTES),
  { method: 'GET',    path: '/oauth/authorize',                                                     scopes: 'public', endpoint: authorizeEndpoint },
  { method: 'GET',    path: '/oauth/authorize/:uid',                                                scopes: 'public', endpoint: resumeEndpoint },
  { method: 'GET',    path: '/oauth/sign-in',                                                       scopes: 'public', endpoint: showSignInEndpoint },
  { method: 'POST',   path: '/oauth/sign-in',                                                       scopes: 'public', endpoint: signInEndpoint },
  { method: 'POST',   path: '/oauth/sign-out',                                                      scopes: 'public', endpoint: signOutEndpoint },
  { method: 'GET',    path: '/oauth/consent/:uid',                                                  scopes: 'public', endpoint: showConsentEndpoint },
  { method: 'POST',   path: '/oauth/consent/:uid',                                                  scopes: 'public', endpoint: postConsentEndpoint },
  { method: 'GET',    path: '/.well-known/oauth-authorization-server',                              scopes: 'public', endpoint: oauth.metadataEndpoint },

  { method: 'GET',    path: `${MANAGE}/account`,                                                    scopes: ADMIN, endpoint: getAccountEndpoint },
  { method: 'PATCH',  path: `${MANAGE}/account`,                                                    scopes: ADMIN, endpoint: patchAccountEndpoint },
  { method: 'GET',    path: `${MANAGE}/definitions`,                                                scopes: ADMIN, endpoint: definitions.listDefinitionsEndpoint },
  { method: 'POST',   path: `${MANAGE}/definitions`,                                                scopes: ADMIN, endpoint: definitions.postDefinitionEndpoint },
  { method: 'GET',    path: `${MANAGE}/definitions/:definitionId`,                                  scopes: ADMIN, endpoint: definitions.getDefinitionEndpoint },
  { method: 'PATCH',  path: `${MANAGE}/definitions/:definitionId`,                                  scopes: ADMIN, endpoint: definitions.patchDefinitionEndpoint },
  { method: 'PUT',    path: `${MANAGE}/definitions/:definitionId/translations/:languageCode`,       scopes: ADMIN, endpoint: putTranslationEndpoint },
  { method: 'DELETE', path: `${MANAGE}/definitions/:definitionId/translations/:languageCode`,       scopes: ADMIN, endpoint: deleteTranslationEndpoint },
  { method: 'GET',    path: `${MANAGE}/brands`,                                                     scopes: ADMIN, endpoint: listBrandsEndpoint },
  { method: 'POST',   path: `${MANAGE}/brands`,                                                     scopes: ADMIN, endpoint: postBrandEndpoint },
  { method: 'GET',    path: `${MANAGE}/brands/:brandId`,                                            scopes: ADMIN, endpoint: getBrandEndpoint },
  { method: 'PATCH',  path: `${MANAGE}/brands/:brandId`,                                            scopes: ADMIN, endpoint: patchBrandEndpoint },
  { method: 'GET',    path: `${MANAGE}/apps`,                                                       scopes: ADMIN, endpoint: apps.listAppsEndpoint },
  { method: 'POST',   path: `${MANAGE}/apps`,                                                       scopes: ADMIN, endpoint: apps.postAppEndpoint },
  { method: 'GET',    path: `${MANAGE}/apps/:appId`,                                                scopes: ADMIN, endpoint: apps.getAppEndpoint },
  { method: 'PATCH',  path: `${MANAGE}/apps/:appId`,                                                scopes: ADMIN, endpoint: apps.patchAppEndpoint },
  { method: 'POST',   path: `${MANAGE}/apps/:appId/rotate-secret`,                                  scopes: ADMIN, endpoint: apps.rotateAppSecretEndpoint },
  { method: 'GET',    path: `${MANAGE}/installations`,                                              scopes: ADMIN, endpoint: installations.listInstallationsEndpoint },
  { method: 'POST',   path: `${MANAGE}/installations`,                                              scopes: ADMIN, endpoint: installations.postInstallationEndpoint },
  { method: 'GET',    path: `${MANAGE}/installations/:clientId`,                                    scopes: ADMIN, endpoint: installations.getInstallationEndpoint },
  { method: 'DELETE', path: `${MANAGE}/installations/:clientId`,                                    scopes: ADMIN, endpoint: installations.deleteInstallationEndpoint },
  { method: 'GET',    path: `${MANAGE}/tokens`,                                                     scopes: ADMIN, endpoint: tokens.listTokensEndpoint },
  { method: 'POST',   path: `${MANAGE}/tokens`,                                                     scopes: ADMIN, endpoint: tokens.postTokenEndpoint },
  { method: 'GET',    path: `${MANAGE}/tokens/:tokenId`,                                            scopes: ADMIN, endpoint: tokens.getTokenEndpoint },
  { method: 'DELETE', path: `${MANAGE}/tokens/:tokenId`,                                            scopes: ADMIN, endpoint: tokens.deleteTokenEndpoint },
  { method: 'POST',   path: `${MANAGE}/tokens/:tokenId/rotate`,                                     scopes: ADMIN, endpoint: tokens.rotateTokenEndpoint },

  { method: 'POST',   path: `${MANAGE}/links/batch`,                                                scopes: [...MAKE_LINKS, ...ADMIN], endpoint: batchLinksEndpoint },
  { method: 'POST',   path: `${MANAGE}/links/revoke`,                                               scopes: ADMIN, endpoint: revokeLinksEndpoint },
  { method: 'GET',    path: `${MANAGE}/link-keys`,                                                  scopes: ADMIN, endpoint: listLinkKeysEndpoint },
  { method: 'POST',   path: `${MANAGE}/link-keys`,                                                  scopes: ADMIN, endpoint: postLinkKeyEndpoint },

  { method: 'POST',   path: `${MANAGE}/signups`,                                                    scopes: [...WRITE, ...ADMIN], endpoint: postSignUpEndpoint },
  { method: 'POST',   path: `${MANAGE}/signup-forms`,                                               scopes: ADMIN, endpoint: postSignUpFormEndpoint },

  { method: 'DELETE', path: `${MANAGE}/subscribers/:subscriberIdString`,                            scopes: ADMIN, endpoint: eraseEndpoint },
  { method: 'GET',    path: `${MANAGE}/subscribers/:subscriberIdString/export`,                     scopes: ADMIN, endpoint: exportEndpoint },
  { method: 'GET',    path: `${MANAGE}/subscribers/:subscriberIdString/history`,                    scopes: [...READ, ...ADMIN], endpoint: readHistoryEndpoint },
  { method: 'GET',    path: `${MANAGE}/subscribers/:subscriberIdString/statuses`,                   scopes: [...READ, ...ADMIN], endpoint: readStatusesThenEndpoint },
  { method: 'GET',    path: `${MANAGE}/events`,                                                     scopes: ADMIN, endpoint: readEventsEndpoint },
  { method: 'POST',   path: `${MANAGE}/eligibility`,                                                scopes: [...READ, ...BATCH_READ, ...ADMIN], endpoint: eligibilityEndpoint },

  { method: 'GET',    path: `${MANAGE}/checkpoints`,                                                scopes: ADMIN, endpoint: listCheckpointsEndpoint },

  { method: 'GET',  path: `${LINK_PATH}/:token`,                                 scopes: 'public',         endpoint: showLinkEndpoint },
  { method: 'POST', path: `${LINK_PATH}/:token`,                                 scopes: 'public',         endpoint: postLinkEndpoint },

  { method: 'GET',  path: '/health/live',                                        scopes: 'public',         endpoint: liveEndpoint },
  { method: 'GET',  path: '/health/ready',                                       scopes: 'public',         endpoint: readyEndpoint },
  { method: 'GET',  path: '/openapi.json',                                       scopes: 'public',         endpoint: openApiEndpoint },
  { method: 'GET',  path: '/',                                                   scopes: 'public',         endpoint: frontPageEndpoint },
];
