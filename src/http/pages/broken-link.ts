/** Links that were broken on their way: what a mail program or a hand made of them leads nowhere, but people follow them. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LINK_PATH } from '../../actions/make-links.ts';
import { sendBadLink } from './drawing.ts';

const BY_PEOPLE: readonly string[] = ['GET', 'HEAD', 'POST'];

/** Answers what looks like such a link with the page that says what to do instead; false where it does not. */
export function answerBrokenLink(request: FastifyRequest, reply: FastifyReply): boolean {
  const { method, url } = request;
  if (!BY_PEOPLE.includes(method) || !(url === LINK_PATH || url.startsWith(`${LINK_PATH}/`))) return false;
  sendBadLink(request, reply, 'unknown').catch((error: unknown) => reply.send(error as Error));
  return true;
}
