/**
 * Keeps the server's memory within bounds, however many clients come, send, and never take their answers. What is
 * beyond a limit is refused before it costs anything: the connection closed, or the request answered with OVERLOADED.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sendProblem } from './errors.ts';
import { EXTRA_CONNECTIONS, type Limits } from './limits.ts';
import { overloadedBy, type Scarce } from './overload.ts';

declare module 'fastify' {
  interface FastifyInstance {
    admission: Admission;
  }
  interface FastifyContextConfig {
    /** Whether the route is served whatever the load: it must cost next to nothing. */
    isAlwaysServed?: boolean;
  }
}

const CONNECTION = Symbol('connection');
const TICKET = Symbol('ticket');

interface Connection {
  /** Whether it was one too many when it was opened. */
  isExtra: boolean;
  /** Its requests whose answers the client has not taken yet. */
  readonly awaiting: Set<Ticket>;
}

type TrackedSocket = Socket & { [CONNECTION]?: Connection };
type TrackedRequest = IncomingMessage & { [TICKET]?: Ticket };

/** What is in progress now. */
export interface Load {
  readonly connections: number;
  readonly requests: number;
  readonly heldBytes: number;
}

export class Admission {
  readonly limits: Limits;
  readonly load: { -readonly [Part in keyof Load]: number } = { connections: 0, requests: 0, heldBytes: 0 };

  constructor(limits: Limits) {
    this.limits = limits;
  }

  /** Counts the connections of a server, those too that never say a word. */
  watch(server: Server): void {
    server.maxConnections = this.limits.connections + EXTRA_CONNECTIONS;
    server.on('connection', (socket: TrackedSocket) => void this.#track(socket));
  }

  #track(socket: TrackedSocket): Connection {
    const { limits, load } = this;
    load.connections += 1;
    const connection: Connection = { isExtra: load.connections > limits.connections, awaiting: new Set() };
    socket[CONNECTION] = connection;
    socket.once('close', () => {
      load.connections -= 1;
      // Answers that waited for their turn hear nothing of it themselves.
      for (const ticket of connection.awaiting) ticket.leave();
    });
    return connection;
  }

  /** Gives a request its ticket; a client that piles up too many on one connection is cut off. */
  #register({ raw }: FastifyRequest, response: ServerResponse): Ticket | null {
    const socket = raw.socket as TrackedSocket;
    if (!(socket instanceof Socket)) return null;
    // Of `localhost`, Fastify listens on a second address with a server that nobody else gets to see.
    const connection = socket[CONNECTION] ?? this.#track(socket);
    const ticket = new Ticket(this.load, connection);
    (raw as TrackedRequest)[TICKET] = ticket;
    connection.awaiting.add(ticket);
    response.once('close', () => ticket.leave());
    return ticket;
  }

  /**
   * Null where the request was taken on; otherwise what there is too much of. `cut off`: its connection is no more, and
   * this is what else was read from it.
   */
  admit(request: FastifyRequest, response: ServerResponse): Scarce | 'cut off' | null {
    if (request.raw.socket.destroyed) return 'cut off';
    const ticket = this.#register(request, response);
    if (!ticket) return null;
    const { limits, load } = this;
    if (ticket.connection.awaiting.size > limits.requestsPerConnection) {
      request.raw.socket.destroy();
      return 'cut off';
    }
    if (!request.routeOptions.config.isAlwaysServed) {
      if (ticket.connection.isExtra && load.connections > limits.connections) return 'connections';
      if (load.requests >= limits.requests) return 'requests';
      if (load.heldBytes >= limits.heldBytes) return 'bytes';
    }
    ticket.connection.isExtra = false;
    ticket.enter();
    return null;
  }

  /** Takes note of bytes of a body that arrived; false where they are too many for all requests together. */
  holdMore(request: FastifyRequest, bytes: number): boolean {
    const ticket = ticketOf(request);
    if (!ticket) return true;
    if (this.load.heldBytes + bytes > this.limits.heldBytes) return false;
    ticket.holdMore(bytes);
    return true;
  }
}

/** One request's share of what is in progress: given back once it is answered and its client is served or gone. */
class Ticket {
  readonly connection: Connection;
  readonly #load: Admission['load'];
  #heldBytes = 0;
  #isIn = false;
  #isAnswered = false;
  #hasLeft = false;

  constructor(load: Admission['load'], connection: Connection) {
    this.#load = load;
    this.connection = connection;
  }

  enter(): void {
    this.#isIn = true;
    this.#load.requests += 1;
  }

  holdMore(bytes: number): void {
    this.#heldBytes += bytes;
    this.#load.heldBytes += bytes;
  }

  /** The work is over, and in place of the body there is now an answer of so many bytes to be taken. */
  answer(bytes: number): void {
    this.#isAnswered = true;
    this.holdMore((this.#isIn && !this.#hasLeft ? bytes : 0) - this.#heldBytes);
    this.#letGo();
  }

  /** The client has its answer, or went away without; the work may still go on. */
  leave(): void {
    this.#hasLeft = true;
    this.connection.awaiting.delete(this);
    this.#letGo();
  }

  #letGo(): void {
    if (!this.#isIn || !this.#isAnswered || !this.#hasLeft) return;
    this.#isIn = false;
    this.#load.requests -= 1;
    this.holdMore(-this.#heldBytes);
  }
}

function ticketOf(request: FastifyRequest): Ticket | undefined {
  return (request.raw as TrackedRequest)[TICKET];
}

/** Puts admission before everything else that is done for a request. */
export function admitWithinLimits(app: FastifyInstance, limits: Limits): void {
  const admission = new Admission(limits);
  app.decorate('admission', admission);
  admission.watch(app.server as Server);
  app.addHook('onRequest', (request, reply, done) => {
    const scarce = admission.admit(request, reply.raw);
    if (scarce === null) return done();
    if (scarce === 'cut off') return;
    if (scarce === 'connections') reply.header('Connection', 'close');
    sendProblem(request, reply, overloadedBy(scarce));
  });
  // Every request that was taken on comes by here once, even where its client is gone.
  app.addHook('onSend', (request, _reply, payload, done) => {
    ticketOf(request)?.answer(typeof payload === 'string' || Buffer.isBuffer(payload) ? payload.length : 0);
    done();
  });
}
