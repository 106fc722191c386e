/** Hands messages to a mail server, by nodemailer. */
import { createTransport } from 'nodemailer';
import type { MailFrom } from '../config/settings.ts';
import type { Send } from './sending.ts';

const CONNECT_MS = 10_000;
const SILENCE_MS = 20_000;

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
