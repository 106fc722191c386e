/** A real mail server on a port of its own, which keeps what it takes and refuses what it is told to. */
import { once } from 'node:events';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import type { Lifetime } from './optio-process.ts';

/** A message as it arrived. */
export interface Arrived {
  /** The recipients of the envelope. */
  readonly to: readonly string[];
  readonly raw: string;
  readonly mail: ParsedMail;
}

/** Refuses with the code and the words of a mail server: `451 4.3.0 Try again`. */
type Refusal = `${number} ${string}`;

export interface MailServerOptions {
  /** A free one by default. */
  readonly port?: number;
  /** Who may send, as `user:password`; by default everybody. */
  readonly login?: string;
}

export class MailServer {
  readonly #server: SMTPServer;
  readonly #login: string | undefined;
  readonly #arrived: Arrived[] = [];
  #onArrival = () => {};
  port = 0;
  /** What a message's recipient is answered, where not all is well; given the address. */
  refuse: (address: string) => Refusal | null = () => null;
  /** Waited for before a message is taken. */
  beforeTaking: () => Promise<void> = async () => {};

  static async start(t: Lifetime, options: MailServerOptions = {}): Promise<MailServer> {
    const mail = new MailServer(options.login);
    const listening = mail.#server.listen(options.port ?? 0, '127.0.0.1');
    await once(listening, 'listening');
    mail.port = (listening.address() as { port: number }).port;
    t.after(() => mail.stop());
    return mail;
  }

  private constructor(login: string | undefined) {
    this.#login = login;
    this.#server = new SMTPServer({
      authOptional: login === undefined,
      disabledCommands: login === undefined ? ['AUTH', 'STARTTLS'] : ['STARTTLS'],
      allowInsecureAuth: true,
      closeTimeout: 100,
      logger: false,
      onAuth: ({ username, password }, _session, callback) => {
        if (`${username}:${password}` === this.#login) callback(null, { user: username });
        else callback(new Error('Wrong user or password'));
      },
      onRcptTo: ({ address }, _session, callback) => {
        const refusal = this.refuse(address);
        if (refusal === null) return callback();
        const [code, ...words] = refusal.split(' ');
        callback(Object.assign(new Error(words.join(' ')), { responseCode: Number(code) }));
      },
      onData: async (stream, { envelope }, callback) => {
        const chunks: Buffer[] = [];
        for await (const chunk of stream) chunks.push(chunk as Buffer);
        await this.beforeTaking();
        const raw = Buffer.concat(chunks);
        const to = envelope.rcptTo.map(({ address }) => address);
        this.#arrived.push({ to, raw: raw.toString(), mail: await simpleParser(raw) });
        callback();
        this.#onArrival();
      },
    });
    this.#server.on('error', () => {});
  }

  get url(): string {
    return `smtp://${this.#login ? `${this.#login}@` : ''}127.0.0.1:${this.port}`;
  }

  /** Those that arrived at an address, the oldest first. */
  at(address: string): Arrived[] {
    return this.#arrived.filter(({ to }) => to.includes(address));
  }

  /** The next one at an address, or the one that is there. */
  async awaitOne(address: string): Promise<Arrived> {
    for (;;) {
      const [first] = this.at(address);
      if (first) return first;
      await new Promise<void>((resolve) => {
        this.#onArrival = resolve;
      });
    }
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.#server.close(resolve));
  }
}

/** The link that a message asks to follow. */
export function linkIn({ mail }: Arrived): string {
  const [link] = /https?:\/\/\S+\/l\/\S+/.exec(mail.text ?? '') ?? [];
  if (!link) throw new Error(`The message has no link: ${mail.text}`);
  return link;
}
