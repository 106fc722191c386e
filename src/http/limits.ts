/** How much the server takes on at once and how long it waits for a client. `docs/operations.md` explains each limit. */

export interface Limits {
  /** Connections that are served. Those beyond are told so, or closed once they are `EXTRA_CONNECTIONS` too many. */
  readonly connections: number;
  /** Requests in progress: from their headers until the client has taken the answer. */
  readonly requests: number;
  /** Requests of one connection that may await their answers (pipelining); a client that sends more is cut off. */
  readonly requestsPerConnection: number;
  /** Bytes of bodies that are in memory until their requests are answered, and of answers until they are taken. */
  readonly heldBytes: number;
  /** How long a request's headers may take to arrive, and a new connection to say something. */
  readonly headersMs: number;
  /** How long a whole request may take to arrive. */
  readonly requestMs: number;
  /** How long a connection may be idle between two requests. Longer than usual proxies keep theirs, which is a minute. */
  readonly keepAliveMs: number;
  /** How long nothing at all may move on a connection: longer than the slowest database is waited for. */
  readonly stalledMs: number;
  /** How often clients are looked at that take too long to send. */
  readonly checkEveryMs: number;
}

export const LIMITS: Limits = {
  connections: 4_096,
  requests: 4_096,
  requestsPerConnection: 64,
  heldBytes: 64 * 1_048_576,
  headersMs: 15_000,
  requestMs: 30_000,
  keepAliveMs: 72_000,
  stalledMs: 120_000,
  checkEveryMs: 1_000,
};

/** Connections beyond the limit that are still accepted, so that they can be answered. */
export const EXTRA_CONNECTIONS = 1_024;

/** A body's bytes; more are refused before they are read. */
export const BODY_LIMIT_BYTES = 1_048_576;

/** Node's own limit on a request's head is lower, so every address that arrives gets a clear answer. */
export const MAX_PARAM_LENGTH = 65_536;
