/** What a worker and the process that started it say to each other. */

export type FromWorker =
  | { readonly kind: 'started'; readonly url: string }
  /** In words for the operator; the worker ends. */
  | { readonly kind: 'failed'; readonly message: string };

/** Finish what was accepted, and end. */
export const STOP = 'stop';
