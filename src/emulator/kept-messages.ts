/** Messages to contacts, kept for whoever tests in place of being sent. */
import type { Context } from '../actions/context.ts';

export interface KeptMessage {
  /** ISO 8601, by the clock of the stand-in. */
  readonly at: string;
  readonly to: string;
  /** BCP 47. */
  readonly language: string;
  readonly subject: string;
  /** The link in it: a GET shows what a POST with its form confirms. */
  readonly confirmUrl: string;
  readonly text: string;
  readonly html: string;
}

/** Of more, the oldest are forgotten. */
const MAX_KEPT = 1_000;

const NO_LOG = { warn: () => {}, error: () => {} };

export class KeptMessages {
  readonly #context: Context;
  #kept: KeptMessage[] = [];

  constructor(context: Context) {
    this.#context = context;
  }

  /** The oldest first. Written when they are asked for, so that the clock may be moved on first. */
  async list(): Promise<KeptMessage[]> {
    const { Mailer } = await import('../mail/mailer.ts');
    const keep = async ({ to, language, subject, confirmUrl, text, html }: Omit<KeptMessage, 'at'>) => {
      const at = new Date(this.#context.clock()).toISOString();
      this.#kept = [...this.#kept, { at, to, language, subject, confirmUrl, text, html }].slice(-MAX_KEPT);
    };
    await new Mailer(this.#context, keep, NO_LOG).sendDue();
    return this.#kept;
  }
}
