/** The form in which a token's secret is stored and looked up. */
import { hash } from 'node:crypto';

/** SHA-256, 64 hexadecimal digits. */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'hex');
}
