/** The serving thread's side of the thread that reads in bulk. */
import type { Subject, SubscriberRef } from '../port.ts';
import type { Abridged } from '../preferences-document.ts';
import { AskedThread } from './asked-thread.ts';
import { besideThis } from './beside-this.ts';
import type { BulkReads } from './bulk-reads.ts';
import { packRefs } from './packed-messages.ts';
import type { ReadRequest } from './reader-thread.ts';

/** Looking rows up and cutting out of them what is wanted then costs those who are being served nothing. */
export class ReadsInThread implements BulkReads {
  readonly #thread: AskedThread;

  constructor(path: string) {
    this.#thread = new AskedThread(besideThis('reader-thread', import.meta.url), path, 'reads');
  }

  /** One text crosses for all of them: a value each would cost more than looking it up did. */
  async loadAbout(refs: readonly SubscriberRef[], subject: Subject): Promise<(Abridged | undefined)[]> {
    if (refs.length === 0) return [];
    const request: ReadRequest = { refs: packRefs(refs), subject };
    const text = await this.#thread.ask<string>(request, [request.refs.buffer]);
    const found = JSON.parse(text) as (Abridged | 0)[];
    return found.map((each) => (each === 0 ? undefined : each));
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
