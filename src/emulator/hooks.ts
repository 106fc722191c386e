/** What an emulator does to every request besides serving it: takes note of it, and lets it fail on demand. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Emulator } from './emulator.ts';
import { faultBody, faultHeaders } from './fault-answers.ts';
import type { FaultRule } from './faults.ts';
import { MAX_BODY_CHARACTERS, type Note } from './received-requests.ts';
import type { World } from './world.ts';

/** The paths by which a test steers the emulator. They are not noted, and never fail. */
export const CONTROL = '/optio/v1/emulator';

declare module 'fastify' {
  interface FastifyRequest {
    /** Null where the request steers the emulator, or was refused before anything else. */
    visit: Visit | null;
  }
}

/** A request in the world in which it arrived. */
interface Visit {
  readonly world: World;
  readonly note: Note;
  readonly rule: FaultRule | null;
}

/** Requests arrive in the emulator's world as it is then. */
export function addHooks(app: FastifyInstance, emulator: Emulator): void {
  app.decorateRequest('visit', null);
  app.addHook('onRequest', (request, reply, done) => {
    if (isControl(request)) return done();
    const { world } = emulator;
    const { latencyMs, rule } = world.faults.decide(request.method, request.url.split('?', 1)[0]!);
    const note = world.received.note(request.method, request.url);
    if (rule?.fail !== undefined) note.fault = rule.fail;
    request.visit = { world, note, rule };
    world.enter();
    const proceed = () => {
      if (rule?.fail === undefined || rule.carriedOut) return done();
      // Also where the connection is cut an answer is made, so that all that waits for one hears of the end.
      reply.send('');
    };
    if (latencyMs > 0) void emulator.wait(latencyMs).then(proceed);
    else proceed();
  });
  app.addHook('onSend', (request, reply, payload, done) => {
    const { visit } = request;
    visit?.world.leave();
    done(null, visit?.rule?.fail === undefined ? payload : fail(request, reply, visit.rule, payload));
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { visit, body, bodyText } = request;
    if (isControl(request)) return done();
    // What was refused before it could be noted, such as an unknown path, is noted now.
    const note = visit?.note ?? emulator.world.received.note(request.method, request.url);
    if (note.fault !== 'cut') note.status = reply.statusCode;
    if (body !== undefined && bodyText.length <= MAX_BODY_CHARACTERS) note.body = body;
    done();
  });
}

function isControl({ url }: FastifyRequest): boolean {
  return url.startsWith(`${CONTROL}/`);
}

/** Puts the fault in place of the answer. */
function fail(request: FastifyRequest, reply: FastifyReply, rule: FaultRule, payload: unknown): unknown {
  const { fail: failure } = rule;
  if (failure === 'cut' || failure === undefined) {
    request.raw.socket.resetAndDestroy();
    return payload;
  }
  reply.code(failure).headers(faultHeaders(failure, rule));
  return faultBody(failure, rule, request.id);
}
