/** `/optio/v1/emulator`: how a test steers the emulator. No token is asked for: it serves tests on one machine. */
import { INSTANT_FORM, parseInstant } from '../actions/parse-instant.ts';
import { endpoint, type Route } from '../http/endpoint.ts';
import { type Problem, sendProblem } from '../http/errors.ts';
import { NOTHING } from '../http/optio-v1/schemas.ts';
import { shorten } from '../http/validation-problem.ts';
import { ApprovalFault } from './approve.ts';
import { problemOfRanges } from './check-faults.ts';
import { APPROVAL, APPROVED, CLOCK, CLOCK_PUT, FAULTS, MESSAGES, RECEIVED } from './control-schemas.ts';
import type { Emulator } from './emulator.ts';
import type { Faults } from './faults.ts';
import { CONTROL } from './hooks.ts';
import type { Seed } from './seed.ts';
import { SeedFault } from './seed-fault.ts';
import { SEED_SCHEMA } from './seed-schema.ts';
import { parseDuration, type SettableClock } from './settable-clock.ts';

const tags = ['Emulator'];

// biome-ignore format: a table is read by its columns
export function emulatorRoutes(emulator: Emulator): Route[] {
  return [
    { method: 'POST',   path: `${CONTROL}/reset`,    scopes: 'public', endpoint: resetEndpoint(emulator) },
    { method: 'GET',    path: `${CONTROL}/state`,    scopes: 'public', endpoint: stateEndpoint(emulator) },
    { method: 'GET',    path: `${CONTROL}/requests`, scopes: 'public', endpoint: requestsEndpoint(emulator) },
    { method: 'GET',    path: `${CONTROL}/messages`, scopes: 'public', endpoint: messagesEndpoint(emulator) },
    { method: 'POST',   path: `${CONTROL}/approve`,  scopes: 'public', endpoint: approveEndpoint(emulator) },
    { method: 'GET',    path: `${CONTROL}/clock`,    scopes: 'public', endpoint: readClockEndpoint(emulator) },
    { method: 'PUT',    path: `${CONTROL}/clock`,    scopes: 'public', endpoint: setClockEndpoint(emulator) },
    { method: 'GET',    path: `${CONTROL}/faults`,   scopes: 'public', endpoint: readFaultsEndpoint(emulator) },
    { method: 'PUT',    path: `${CONTROL}/faults`,   scopes: 'public', endpoint: setFaultsEndpoint(emulator) },
    { method: 'DELETE', path: `${CONTROL}/faults`,   scopes: 'public', endpoint: clearFaultsEndpoint(emulator) },
  ];
}

const resetEndpoint = (emulator: Emulator) =>
  endpoint(
    {
      operationId: 'reset-emulator',
      summary: 'Begin again',
      description: 'Forgets everything and begins as at the start, or with the seed in the body if there is one.',
      tags,
      body: { ...SEED_SCHEMA, type: ['object', 'null'] },
      response: { 204: NOTHING },
    },
    async (_context, request, reply) => {
      try {
        await emulator.reset((request.body as Seed | null | undefined) ?? undefined);
        return reply.code(204).send();
      } catch (error) {
        if (error instanceof SeedFault) return sendProblem(request, reply, error.problem);
        throw error;
      }
    },
  );

const stateEndpoint = (emulator: Emulator) =>
  endpoint(
    {
      operationId: 'read-emulator-state',
      summary: 'Read everything that is held',
      description: 'In the form of a seed: planted again, it gives the same accounts and the same statuses.',
      tags,
      response: { 200: { ...SEED_SCHEMA, title: 'EmulatorState' } },
    },
    // biome-ignore lint/suspicious/noExplicitAny: the seed's own types are written by hand, for those who import them
    async (): Promise<any> => emulator.world.state(),
  );

const requestsEndpoint = (emulator: Emulator) =>
  endpoint(
    {
      operationId: 'list-received-requests',
      summary: 'List the requests received',
      description: 'Those since the last reset, at most 1000, the oldest first; not those to these endpoints.',
      tags,
      response: { 200: RECEIVED },
    },
    () => ({ results: emulator.world.received.list() }),
  );

const messagesEndpoint = (emulator: Emulator) =>
  endpoint(
    {
      operationId: 'list-kept-messages',
      summary: 'List the messages to contacts',
      description:
        'Those that asked for the confirmation of a sign-up since the last reset, at most 1000, the oldest first. Nothing is sent.',
      tags,
      response: { 200: MESSAGES },
    },
    async () => ({ results: await emulator.world.messages() }),
  );

const approveEndpoint = (emulator: Emulator) =>
  endpoint(
    {
      operationId: 'approve-on-emulator',
      summary: 'Approve what an app asks for',
      description: 'Goes through the pages for signing in and for consent, and answers where the app is led back to.',
      tags,
      body: APPROVAL,
      response: { 200: APPROVED },
    },
    async (_context, request, reply) => {
      const { url, ...options } = request.body;
      try {
        return { redirectUrl: await emulator.approve(url, options) };
      } catch (error) {
        if (!(error instanceof ApprovalFault)) throw error;
        return sendProblem(request, reply, { code: 'FIELD_INVALID', message: error.message });
      }
    },
  );

const readClockEndpoint = (emulator: Emulator) =>
  endpoint(
    {
      operationId: 'read-emulator-clock',
      summary: 'Read the clock',
      description: 'The time by which everything goes, such as the expiry of tokens and the instants of changes.',
      tags,
      response: { 200: CLOCK },
    },
    () => describeClock(emulator.world.clock),
  );

const setClockEndpoint = (emulator: Emulator) =>
  endpoint(
    {
      operationId: 'set-emulator-clock',
      summary: 'Set, move, stop or run the clock',
      description: 'In this order: now, advance, isRunning. Answers the clock as it is then.',
      tags,
      body: CLOCK_PUT,
      response: { 200: CLOCK },
    },
    (_context, request, reply) => {
      const { now, advance = 0, isRunning } = request.body;
      const { clock } = emulator.world;
      const at = now === undefined ? null : parseInstant(now);
      if (now !== undefined && at === null) return sendProblem(request, reply, notAnInstant(now));
      const byMs = typeof advance === 'number' ? advance : parseDuration(advance);
      if (byMs === null || !isInstant((at ?? clock.now()) + byMs))
        return sendProblem(request, reply, notADuration(advance));
      if (at !== null) clock.set(at);
      clock.advance(byMs);
      if (isRunning === true) clock.run();
      if (isRunning === false) clock.stop();
      return describeClock(clock);
    },
  );

const readFaultsEndpoint = (emulator: Emulator) =>
  endpoint(
    {
      operationId: 'read-emulator-faults',
      summary: 'Read the faults that are in force',
      description: 'As they were set.',
      tags,
      response: { 200: FAULTS },
    },
    // biome-ignore lint/suspicious/noExplicitAny: as above
    (): any => emulator.world.faults.faults,
  );

const setFaultsEndpoint = (emulator: Emulator) =>
  endpoint(
    {
      operationId: 'set-emulator-faults',
      summary: 'Let requests fail, or take their time',
      description: 'In place of the faults before. They strike HubSpot’s API only; the dice begin anew.',
      tags,
      body: FAULTS,
      response: { 200: FAULTS },
    },
    // biome-ignore lint/suspicious/noExplicitAny: as above
    (_context, request, reply): any => {
      const faults = request.body as Faults;
      const problem = problemOfRanges(faults);
      if (problem) return sendProblem(request, reply, problem);
      emulator.setFaults(faults);
      return faults;
    },
  );

const clearFaultsEndpoint = (emulator: Emulator) =>
  endpoint(
    {
      operationId: 'clear-emulator-faults',
      summary: 'Let nothing fail any more',
      description: 'Until faults are set again.',
      tags,
      response: { 204: NOTHING },
    },
    (_context, _request, reply) => {
      emulator.setFaults({});
      return reply.code(204).send();
    },
  );

function describeClock(clock: SettableClock): { now: string; isRunning: boolean } {
  return { now: new Date(clock.now()).toISOString(), isRunning: clock.isRunning };
}

/** The instants that a Date can hold. */
function isInstant(epochMs: number): boolean {
  return Math.abs(epochMs) <= 8.64e15;
}

function notAnInstant(now: string): Problem {
  return { code: 'FIELD_INVALID', message: `"now" was ${shorten(now)}. Allowed: ${INSTANT_FORM}.`, in: 'now' };
}

function notADuration(advance: string | number): Problem {
  const allowed =
    'an ISO 8601 duration of weeks, days, hours, minutes and seconds such as PT90M or P30D, or milliseconds';
  return { code: 'FIELD_INVALID', message: `"advance" was ${shorten(advance)}. Allowed: ${allowed}.`, in: 'advance' };
}
