/** The mailer of a process. Import this module only where messages are sent: most processes never do. */
import type { Logger } from 'pino';
import type { Context } from '../actions/context.ts';
import type { MailFrom } from '../config/settings.ts';
import { Mailer } from './mailer.ts';
import { smtpSender } from './smtp.ts';

/** Sends messages through that server until it is stopped. */
export function openMailer(context: Context, log: Logger, server: { smtpUrl: string; from: MailFrom }): Mailer {
  const mailer = new Mailer(context, smtpSender(server.smtpUrl, server.from), log);
  if (context.outbox) context.outbox.wake = () => mailer.wake();
  mailer.start();
  return mailer;
}
