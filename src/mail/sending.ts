/** What the mailer knows of the way that messages go, whichever it is. */
import type { Message } from './message.ts';

/** Resolves once the message is in other hands. Rejects where it is not, or where that is unknown. */
export type Send = (message: Message, signal: AbortSignal) => Promise<void>;

/** Why a mail server did not take a message, without what it says: that may quote addresses. */
export interface SendFailure {
  /** Of nodemailer: `ECONNECTION`, `EAUTH`, … */
  readonly code: string;
  /** Of the server, RFC 5321 section 4.2. */
  readonly smtpCode?: number;
  /** Whether it will never take a message to this address (RFC 3463: 5.1.x), so that trying again is of no use. */
  readonly isForGood: boolean;
}

export function describeSendFailure(error: unknown): SendFailure {
  const {
    name,
    code,
    responseCode,
    response = '',
  } = error as Error & {
    code?: unknown;
    responseCode?: number;
    response?: string;
  };
  const isForGood = code === 'EENVELOPE' && /^5\d\d[ -]5\.1\./.test(response);
  return {
    // An abort's code is a number that says nothing to people.
    code: typeof code === 'string' ? code : name,
    ...(responseCode !== undefined && { smtpCode: responseCode }),
    isForGood,
  };
}
