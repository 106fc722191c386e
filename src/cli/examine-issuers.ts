/** The checks of `optio doctor` that concern trusted issuers: do they answer, and is what they are mapped to there. */
import type { Config } from '../config/settings.ts';
import type { IdRule, TrustedIssuer } from '../config/trusted-issuers.ts';
import type { Account } from '../domain/catalog.ts';
import type { Store } from '../storage/port.ts';
import { type Finding, ok, problem } from './finding.ts';

/** Asks each issuer for what it publishes, all at once. */
export async function examineIssuers({ oidcIssuers }: Pick<Config, 'oidcIssuers'>): Promise<Finding[]> {
  if (oidcIssuers.length === 0) return [];
  const { fetchKeys, IssuerUnavailable } = await import('../issuers/discover.ts');
  return Promise.all(
    oidcIssuers.map(async ({ issuer }) => {
      try {
        const { keys } = await fetchKeys(issuer, new AbortController().signal);
        if (!Array.isArray(keys) || keys.length === 0) return problem('issuers', `${issuer} publishes no keys`, MEND);
        return ok(
          'issuers',
          `${issuer} answers, and publishes ${keys.length === 1 ? 'one key' : `${keys.length} keys`}`,
        );
      } catch (error) {
        if (error instanceof IssuerUnavailable) return problem('issuers', `${issuer} ${error.message}`, MEND);
        throw error;
      }
    }),
  );
}

const MEND = 'check "issuer" in OPTIO_OIDC_ISSUERS, and that this machine reaches it';

/** Looks whether the accounts that the issuers' rules name exist, and the apps in them. */
export async function examineHolders(store: Store, issuers: readonly TrustedIssuer[]): Promise<Finding[]> {
  const accounts = await store.catalog.listAccounts();
  const findings: Finding[] = [];
  for (const { issuer, account, app } of issuers) {
    const missing = idsOf(account).filter((id) => accounts.every((each) => each.id !== id));
    for (const id of missing) {
      findings.push(problem('issuers', `${issuer} is given the account ${id}, which does not exist`, CREATE_ACCOUNT));
    }
    const apps = (await Promise.all(reachable(accounts, account).map(({ id }) => store.catalog.listApps(id)))).flat();
    for (const id of idsOf(app).filter((each) => apps.every((known) => known.id !== each))) {
      findings.push(problem('issuers', `${issuer} is given the app ${id}, which none of its accounts has`, CREATE_APP));
    }
  }
  return findings;
}

/** The accounts that a token may be of: those that the rule names, or all where a claim alone says it. */
function reachable(accounts: readonly Account[], rule: IdRule): readonly Account[] {
  if (rule.kind === 'claimed' && !rule.map) return accounts;
  return accounts.filter(({ id }) => idsOf(rule).includes(id));
}

const CREATE_ACCOUNT = 'run optio account list, and set "account" right in OPTIO_OIDC_ISSUERS';
const CREATE_APP = 'run optio app create with --id, or set "app" right in OPTIO_OIDC_ISSUERS';

/** The ids that a rule names; none where claims hold them. */
function idsOf(rule: IdRule): number[] {
  if (rule.kind === 'fixed') return [rule.id];
  return [...new Set(rule.map?.values() ?? [])];
}
