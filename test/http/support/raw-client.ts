/** A client that speaks bytes, for everything that well-behaved clients never do. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { FULL_TOKEN } from './accounts.ts';

export class RawClient {
  readonly socket: Socket;
  /** Resolves when the connection is closed, whoever did it. */
  readonly closed: Promise<unknown>;
  #received = '';

  private constructor(socket: Socket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {});
    socket.setEncoding('latin1').on('data', (text) => {
      this.#received += text;
    });
  }

  /** With `allowHalfOpen`, a client that does not close its side when the server closes its own. */
  static async connect(url: string, options: { allowHalfOpen?: boolean } = {}): Promise<RawClient> {
    const { port, hostname } = new URL(url);
    const socket = connect({ port: Number(port), host: hostname, ...options });
    const client = new RawClient(socket);
    await once(socket, 'connect');
    return client;
  }

  send(bytes: string | Buffer): void {
    this.socket.write(bytes);
  }

  /** All that came so far. */
  get received(): string {
    return this.#received;
  }

  /** The status codes of the answers so far. */
  get statuses(): number[] {
    return [...this.#received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  }

  /** Resolves once so many answers have begun to arrive; rejects where the connection ends before. */
  async answers(count: number): Promise<number[]> {
    while (this.statuses.length < count) {
      if (this.socket.destroyed) throw new Error(`closed after ${this.statuses.length} of ${count} answers`);
      await sleep(5);
    }
    return this.statuses;
  }

  /** Sends a piece every 20 ms for as long as the server takes it. */
  async dribble(piece: string): Promise<void> {
    while (!this.socket.destroyed && this.socket.writable) {
      this.socket.write(piece);
      await sleep(20);
    }
  }
}

/** The head of a request, with its empty line; with `length`, of a JSON body of so many bytes. */
export function head(method: string, path: string, length?: number | 'chunked'): string {
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: optio', `Authorization: Bearer ${FULL_TOKEN}`];
  if (length !== undefined) lines.push('Content-Type: application/json');
  if (length === 'chunked') lines.push('Transfer-Encoding: chunked');
  else if (length !== undefined) lines.push(`Content-Length: ${length}`);
  return [...lines, '', ''].join('\r\n');
}
