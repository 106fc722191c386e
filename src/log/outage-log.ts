/** What the log says of outages: of the database, which is looked at twice a second, and of trusted issuers. */
import type { Logger } from 'pino';
import { StoreUnavailable } from '../storage/port.ts';
import { type OutageTelling, tellOutages } from './outage.ts';

/** What `createContext` tells of its looks at the database, and of what it writes there in the background. */
export interface OutageLog {
  readonly onPollError: (error: unknown) => void;
  readonly onPolled: () => void;
  readonly onUsesNotStored: (error: unknown) => void;
}

export function createOutageLog(log: Logger): OutageLog {
  const { failed, answered } = tellOutages(log, 'the database');
  return {
    onPollError: (error) => failed(describe(error)),
    onPolled: answered,
    onUsesNotStored: (error) => log.warn(describe(error), 'when tokens were last used could not be stored yet'),
  };
}

/** What the server's daily look at limits on evidence tells. */
export function createRetentionLog(log: Logger): {
  expired: (accountId: number, expiry: { contacts: number; events: number; passedOver: number }) => void;
  failed: (error: unknown) => void;
} {
  return {
    expired: (accountId, { passedOver, ...expiry }) => {
      if (expiry.events > 0) log.info({ accountId, ...expiry }, 'evidence was kept long enough, and is no more');
      if (passedOver === 0) return;
      log.error({ accountId, contacts: passedOver }, 'evidence of contacts is kept whose ledgers do not hold');
    },
    failed: (error) => log.warn(describe(error), 'whether evidence was kept long enough is looked at again in a day'),
  };
}

/** No message: it may quote what the log must not hold. */
function describe(error: unknown): { error: string; why?: string | undefined } {
  if (error instanceof StoreUnavailable) return { error: error.name, why: error.reason };
  return { error: error instanceof Error ? error.name : typeof error };
}

/** What `openIssuers` tells of the issuers that it asks for their keys. */
export function createIssuerLog(log: Logger): {
  failed: (issuer: string, why: string) => void;
  answered: (issuer: string) => void;
} {
  const tellings = new Map<string, OutageTelling>();
  const tellingOf = (issuer: string): OutageTelling => {
    const telling = tellings.get(issuer) ?? tellOutages(log, 'a trusted issuer', { issuer });
    tellings.set(issuer, telling);
    return telling;
  };
  return {
    failed: (issuer, why) => tellingOf(issuer).failed({ why }),
    answered: (issuer) => tellingOf(issuer).answered(),
  };
}
