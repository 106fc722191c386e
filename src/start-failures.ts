/** What an operator is told when a start fails. */
import type { Config } from './config/settings.ts';
import { describeUnusableDatabase } from './config/show-config.ts';
import { inUrl } from './config/site-url.ts';
import { StoreUnavailable } from './storage/port.ts';

/** What may well go wrong at a start, as one line; null for a bug. */
export function describeFailure(config: Config, error: unknown): string | null {
  if (error instanceof StoreUnavailable) {
    return describeUnusableDatabase(config.databaseUrl, error.message);
  }
  const { code, syscall } = error as NodeJS.ErrnoException;
  // Workers listen through their primary, which binds the port for them.
  if (!['listen', 'bind', 'getaddrinfo'].includes(syscall ?? '')) return null;
  const where = `${inUrl(config.host)}:${config.port}`;
  switch (code) {
    case 'EADDRINUSE':
      return `another process listens on ${where} already; stop it, or choose another port with --port or OPTIO_PORT`;
    case 'EACCES':
      return `this user may not listen on ${where}; choose a port from 1024 up with --port or OPTIO_PORT`;
    default:
      return `this machine cannot listen on ${where} (${code}); check --host or OPTIO_HOST`;
  }
}
