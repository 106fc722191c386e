/** The table `sign_up` by the names of its columns, which both engines share. */
import type { SignUps } from '../domain/sign-up.ts';
import { decodeSignUps } from './sign-up-document.ts';

export interface SignUpRow {
  readonly address: string;
  readonly version: number;
  readonly document: string;
  readonly message_due_at: number | null;
  readonly message_due_since: number | null;
  readonly message_sent_at: number | null;
  readonly expires_at: number;
}

export function toSignUps(row: SignUpRow): SignUps {
  return {
    address: row.address,
    ...decodeSignUps(row.document),
    message: { dueAt: row.message_due_at, dueSince: row.message_due_since, sentAt: row.message_sent_at },
    expiresAt: row.expires_at,
  };
}
