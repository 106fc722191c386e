/** Hands messages to a mail server, by nodemailer. */
import { createTransport } from 'nodemailer';
import type { MailFrom } from '../config/settings.ts';
import type { Message } from './message.ts';

const CONNECT_MS = 10_000;
const SILENCE_MS = 20_000;

/** Resolves once the server has taken the message. Rejects where it did not, or where that is unknown. */
export type Send = (message: Message, signal: AbortSignal) => Promise<void>;

/** Opens a connection a message. */
export function smtpSender(smtpUrl: string, from: MailFrom): Send {
  const transport = transportTo(smtpUrl);
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1);
  return async ({ to, subject, text, html, language, id }, signal) => {
    await transport.sendMail({
      from,
      // As an object, so that nothing in it is read as a list of addresses.
      to: { name: '', address: to },
      subject,
      text,
      html,
      messageId: `<${id}@${domain}>`,
      headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': language },
      xMailer: false,
      disableFileAccess: true,
      disableUrlAccess: true,
      signal,
    });
  };
}

/** Resolves where the server answers and takes the user and the password. */
export async function verifySmtp(smtpUrl: string): Promise<void> {
  const transport = transportTo(smtpUrl);
  try {
    await transport.verify();
  } finally {
    transport.close();
  }
}

function transportTo(url: string) {
  return createTransport({
    url,
    connectionTimeout: CONNECT_MS,
    dnsTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
  });
}

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
    code = name,
    responseCode,
    response = '',
  } = error as Error & {
    code?: string;
    responseCode?: number;
    response?: string;
  };
  const isForGood = code === 'EENVELOPE' && /^5\d\d[ -]5\.1\./.test(response);
  return { code, ...(responseCode !== undefined && { smtpCode: responseCode }), isForGood };
}
