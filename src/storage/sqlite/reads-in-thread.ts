/** The serving thread's side of the thread that reads in bulk. */
import type { Abridged } from '../abridged-document.ts';
import type { Subject, SubscriberRef } from '../port.ts';
import { AskedThread } from './asked-thread.ts';
import { besideThis } from './beside-this.ts';
import { type BulkReads, readFound } from './bulk-reads.ts';
import { packRefs } from './packed-messages.ts';
import type { ReadRequest } from './reader-thread.ts';

/** Looking rows up and cutting out of them what is wanted then costs those who are being served nothing. */
export class ReadsInThread implements BulkReads {
  readonly #thread: AskedThread;

  constructor(path: string) {
    this.#thread = new AskedThread(besideThis('reader-thread', import.meta.url), path, 'reads');
  }

  async loadAbout(refs: readonly SubscriberRef[], subject: Subject): Promise<(Abridged | undefined)[]> {
    if (refs.length === 0) return [];
    const request: ReadRequest = { refs: packRefs(refs), subject };
    return readFound(await this.#thread.ask<string>(request, [request.refs.buffer]));
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
