/** Thousands of connections at once, each with one request at a time, which no ordinary client is made for. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface CrowdAnswer {
  readonly status: number;
  readonly headers: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of a body
  readonly body: any;
}

export class Crowd {
  readonly #members: readonly Socket[];

  private constructor(members: readonly Socket[]) {
    this.#members = members;
  }

  /** Opens all connections; rejects where one of them is refused. */
  static async gather(url: string, size: number): Promise<Crowd> {
    const { port, hostname } = new URL(url);
    const members = Array.from({ length: size }, () => connect(Number(port), hostname));
    await Promise.all(members.map((member) => once(member, 'connect')));
    for (const member of members) member.on('error', () => {});
    return new Crowd(members);
  }

  get size(): number {
    return this.#members.length;
  }

  /** Sends a request on one of the connections; rejects where that is closed before the answer is whole. */
  ask(member: number, method: string, path: string, token: string, body: Buffer): Promise<CrowdAnswer> {
    const socket = this.#members[member]!;
    socket.write(
      `${method} ${path} HTTP/1.1\r\nHost: optio\r\nAuthorization: Bearer ${token}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    socket.write(body);
    return new Promise((resolve, reject) => {
      let received = '';
      const settle = (work: () => void) => {
        socket.off('data', take).off('close', fail);
        work();
      };
      const take = (chunk: Buffer) => {
        received += chunk.toString('latin1');
        const answer = parse(received);
        if (answer) settle(() => resolve(answer));
      };
      const fail = () => settle(() => reject(new Error(`closed after ${received.length} characters of an answer`)));
      socket.on('data', take).on('close', fail);
      if (socket.destroyed) fail();
    });
  }

  leave(): void {
    for (const member of this.#members) member.destroy();
  }
}

/** Null while it is not whole. */
function parse(received: string): CrowdAnswer | null {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const headers = received.slice(0, end);
  const length = Number(/^content-length: (\d+)$/im.exec(headers)?.[1]);
  const body = received.slice(end + 4);
  if (body.length < length) return null;
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(headers)?.[1]), headers, body: JSON.parse(body) };
}
