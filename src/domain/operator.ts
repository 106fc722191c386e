/** Who may say which app acts for an account: a person with a password, and perhaps a second factor. Instants are epoch milliseconds. */

export interface Operator {
  /** A number: OAuth's answers name it as `user_id`. */
  readonly id: number;
  /** As it was written; two that differ in case only are one. */
  readonly email: string;
  /** A PHC string: the algorithm, what it cost, the salt and the hash. */
  readonly passwordHash: string;
  /** The key of the second factor, in base32; null where there is none. */
  readonly totpSecret: string | null;
  /** The accounts that the operator may act for; null: all. */
  readonly accountIds: readonly number[] | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** That an operator is signed in with a browser, which holds the secret. */
export interface OperatorSession {
  /** SHA-256 of the secret, 64 hexadecimal digits. */
  readonly secretHash: string;
  readonly operatorId: number;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** Whether an operator may act for an account. */
export function mayActFor({ accountIds }: Operator, accountId: number): boolean {
  return accountIds === null || accountIds.includes(accountId);
}
