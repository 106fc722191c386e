/** The tables of operators, their sessions and who tried to be one, by the names of their columns, which both engines share. */
import { hash } from 'node:crypto';
import type { Operator, OperatorSession } from '../domain/operator.ts';
import { type Json, readJson } from './catalog-rows.ts';
import type { TryCount } from './port.ts';

export interface OperatorRow {
  id: number;
  email: string;
  password_hash: string;
  totp_secret: string | null;
  account_ids: Json<number[]> | null;
  created_at: number;
  updated_at: number;
}

export function toOperator(row: OperatorRow): Operator {
  return {
    id: row.id,
    email: row.email,
    passwordHash: row.password_hash,
    totpSecret: row.totp_secret,
    accountIds: row.account_ids === null ? null : readJson(row.account_ids),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** What an operator can be changed in, in the order in which both engines' statements name it. */
export function operatorValues(operator: Operator): (string | number | null)[] {
  const { email, passwordHash, totpSecret, accountIds, updatedAt } = operator;
  const accounts = accountIds === null ? null : JSON.stringify(accountIds);
  return [email, emailKey(email), passwordHash, totpSecret, accounts, updatedAt];
}

/** By which e-mail addresses are compared. */
export function emailKey(email: string): string {
  return email.normalize('NFC').toLowerCase();
}

/** An operator together with a session of theirs. */
export interface SessionRow extends OperatorRow {
  secret_hash: Uint8Array;
  session_created_at: number;
  session_expires_at: number;
}

export const SELECT_SESSIONS = `
  SELECT
    operator.*, operator_session.secret_hash,
    operator_session.created_at AS session_created_at, operator_session.expires_at AS session_expires_at
  FROM operator_session
  JOIN operator ON operator.id = operator_session.operator_id`;

export function toSession(row: SessionRow): { session: OperatorSession; operator: Operator } {
  const session = {
    secretHash: Buffer.from(row.secret_hash).toString('hex'),
    operatorId: row.id,
    createdAt: row.session_created_at,
    expiresAt: row.session_expires_at,
  };
  return { session, operator: toOperator(row) };
}

export interface TryRow {
  count: number;
  window_ends_at: number;
}

export function toTryCount(row: TryRow): TryCount {
  return { count: row.count, windowEndsAt: row.window_ends_at };
}

/** 64 hexadecimal digits: keys are addresses of people, and of any length. */
export function tryKeyHash(key: string): string {
  return hash('sha256', key, 'hex');
}
