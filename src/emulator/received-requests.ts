/** The requests that an emulator received, so that a test can ask what its client really sent. */
import type { Failure } from './faults.ts';

export interface ReceivedRequest {
  readonly method: string;
  /** As it was sent, with its query. */
  readonly path: string;
  /** What was answered; null where nothing was, or not yet. */
  readonly status: number | null;
  /** The fault that struck it, if one did. */
  readonly fault?: Failure;
  /** The JSON that was sent, if any was, and if it was not longer than 65536 characters. */
  readonly body?: unknown;
}

/** A request as it is being dealt with. */
export type Note = { -readonly [Part in keyof ReceivedRequest]: ReceivedRequest[Part] };

/** Of more, the oldest are forgotten. */
export const MAX_RECEIVED = 1_000;
export const MAX_BODY_CHARACTERS = 65_536;

export class ReceivedRequests {
  readonly #requests: Note[] = [];

  /** Takes note of a request as it arrives; what becomes of it is written to the note. */
  note(method: string, path: string): Note {
    const request: Note = { method, path, status: null };
    this.#requests.push(request);
    if (this.#requests.length > MAX_RECEIVED) this.#requests.shift();
    return request;
  }

  /** The oldest first. */
  list(): ReceivedRequest[] {
    return this.#requests.map((request) => ({ ...request }));
  }
}
