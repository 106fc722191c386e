/** A network of one's own between Optio and PostgreSQL, that can do what networks do. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Lifetime } from './optio-process.ts';

type Fate = 'cut' | 'lost';

interface Pair {
  /** Towards Optio. */
  readonly near: Socket;
  /** Towards the database. */
  readonly far: Socket;
  /** Nothing passes any more, and nobody is told. */
  isLost: boolean;
  /** What happens to it as soon as the database answers. */
  fate: Fate | null;
}

export class TcpRelay {
  readonly #server: Server;
  readonly #target: URL;
  readonly #pairs = new Set<Pair>();
  #swallows = false;
  #delayMs = 0;
  #fatal: { readonly word: string; readonly fate: Fate } | null = null;

  #refusesAfterwards = false;
  #refuses = false;

  private constructor(server: Server, target: URL) {
    this.#server = server;
    this.#target = target;
    server.on('connection', (near) => this.#join(near));
  }

  static async start(lifetime: Lifetime, target: string): Promise<TcpRelay> {
    const server = createServer({ noDelay: true, allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const relay = new TcpRelay(server, new URL(target));
    lifetime.after(() => {
      relay.cut();
      server.close();
    });
    return relay;
  }

  /** The target's URL by way of here. */
  get url(): string {
    const url = new URL(this.#target);
    url.port = String((this.#server.address() as { port: number }).port);
    return url.href;
  }

  /** Ends every connection abruptly, on both sides. */
  cut(): void {
    for (const pair of this.#pairs) this.#cutPair(pair);
  }

  /** Loses the connections that there are, as a firewall does that forgot them: no side hears of it. New ones work. */
  lose(): void {
    for (const pair of this.#pairs) pair.isLost = true;
  }

  /** Loses those that there are, and those to come. */
  swallow(): void {
    this.#swallows = true;
    this.lose();
  }

  /** From now on every byte takes longer. */
  delay(milliseconds: number): void {
    this.#delayMs = milliseconds;
  }

  /** Lets what holds this word through to the database, but cuts or loses the connection when the answer comes. */
  dropAnswerTo(word: string, fate: Fate): void {
    this.#fatal = { word, fate };
  }

  /** Ends the connections that there are, and each new one at once; or only from the first answer on that it drops. */
  refuse({ afterDroppedAnswer = false } = {}): void {
    if (afterDroppedAnswer) {
      this.#refusesAfterwards = true;
      return;
    }
    this.#refuses = true;
    this.cut();
  }

  /** From now on all is well. What was lost stays lost. */
  restore(): void {
    this.#swallows = false;
    this.#delayMs = 0;
    this.#fatal = null;
    this.#refusesAfterwards = false;
    this.#refuses = false;
    for (const pair of this.#pairs) pair.fate = null;
  }

  #join(near: Socket): void {
    if (this.#refuses) return void near.resetAndDestroy();
    const far = connect({
      port: Number(this.#target.port),
      host: this.#target.hostname,
      noDelay: true,
      allowHalfOpen: true,
    });
    const pair: Pair = { near, far, isLost: this.#swallows, fate: null };
    this.#pairs.add(pair);
    for (const socket of [near, far]) {
      socket.on('error', () => {});
      // Of a lost connection the other side never hears, and nobody returns a goodbye.
      for (const event of ['end', 'close']) {
        socket.on(event, () => {
          if (!pair.isLost) this.#cutPair(pair);
        });
      }
    }
    near.on('data', (data) => {
      if (this.#fatal && data.includes(this.#fatal.word)) pair.fate = this.#fatal.fate;
      this.#pass(pair, far, data);
    });
    far.on('data', (data) => {
      if (pair.fate !== null && this.#refusesAfterwards) return this.refuse();
      if (pair.fate === 'lost') pair.isLost = true;
      if (pair.fate === 'cut') this.#cutPair(pair);
      else this.#pass(pair, near, data);
    });
  }

  #pass(pair: Pair, to: Socket, data: Buffer): void {
    const write = () => {
      if (!pair.isLost && to.writable) to.write(data);
    };
    if (this.#delayMs > 0) setTimeout(write, this.#delayMs);
    else write();
  }

  #cutPair(pair: Pair): void {
    this.#pairs.delete(pair);
    for (const socket of [pair.near, pair.far]) socket.resetAndDestroy();
  }
}
