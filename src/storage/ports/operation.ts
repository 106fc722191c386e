/** What a store tells of itself, for whoever runs it. */

export interface MigrationStatus {
  /** Names of the migrations that the database has, and of those that it still needs, in order. */
  readonly applied: readonly string[];
  readonly pending: readonly string[];
}

/** A setting of the database that an answered write relies on to survive a crash. */
export interface DurabilitySetting {
  readonly name: string;
  readonly value: string;
  readonly isSafe: boolean;
  /** What is safe, for people. */
  readonly wanted: string;
}

export interface ConnectionLimits {
  /** The most connections that one process of ours opens. */
  readonly perProcess: number;
  /** How many the database lets in, from all programs together. */
  readonly allowed: number;
}
