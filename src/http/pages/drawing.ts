/** Draws pages and sends them. What draws them is loaded when the first one is asked for. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OpenLink } from '../../actions/open-link.ts';
import { type PageLanguage, PLAIN_LOOK } from '../../domain/brand-look.ts';
import type { SubscriptionDefinition } from '../../domain/catalog.ts';
import type { TypeShown } from '../../domain/evidence.ts';
import type { Frame, View } from '../../pages/views.ts';
import { ERRORS, type Problem, sendErrorBody } from '../errors.ts';
import { fieldOf, formOf } from './forms.ts';

type Pages = typeof import('../../pages/pages.ts');

let pages: Promise<Pages> | undefined;

export function loadPages(): Promise<Pages> {
  pages ??= import('../../pages/pages.ts');
  return pages;
}

/** The frame of a link's pages, in the language that suits whoever asks. */
export async function frameOf(request: FastifyRequest, link: OpenLink): Promise<Frame> {
  const { brand, claims } = link;
  const language = await languageOf(request, { linked: claims.language, look: brand.look });
  return { brandName: brand.name, look: brand.look, language, languagePath: `./${tokenOf(request)}` };
}

export async function languageOf(
  request: FastifyRequest,
  hints: Pick<import('../../pages/pages.ts').LanguageHints, 'linked' | 'look'>,
): Promise<PageLanguage> {
  const { chooseLanguage } = await loadPages();
  // Of a URL that could not be read there is no query.
  const { lang } = (request.query ?? {}) as { lang?: string | string[] };
  const asked = fieldOf(formOf(request), 'lang') ?? [lang].flat()[0] ?? null;
  return chooseLanguage({ ...hints, asked, accepted: request.headers['accept-language'] ?? null });
}

/** How types stand on a page of the frame's language. */
export async function typesShown({ language }: Frame): Promise<(definition: SubscriptionDefinition) => TypeShown> {
  const { typeInLanguage } = await loadPages();
  return (definition) => {
    const { name, description } = typeInLanguage(definition, language);
    return { name, description };
  };
}

/** The token of the link that a request is about. */
export function tokenOf(request: FastifyRequest): string {
  return (request.params as { token: string }).token;
}

/** Sends a page. Nothing may keep it, pass its URL on, which is a secret of contacts', or show it inside another. */
export async function sendPage(reply: FastifyReply, frame: Frame, view: View, status = 200): Promise<FastifyReply> {
  const { renderPage } = await loadPages();
  const { html, policy, referrer } = renderPage(frame, view);
  return reply
    .code(status)
    .type('text/html; charset=utf-8')
    .headers({
      'Cache-Control': 'no-store',
      'Content-Language': frame.language,
      'Content-Security-Policy': policy,
      // An app that opened a page for operators in a pop-up waits there for what comes of it.
      ...(frame.isForOperators ? {} : { 'Cross-Origin-Opener-Policy': 'same-origin' }),
      'Referrer-Policy': referrer,
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
      'X-Robots-Tag': 'noindex, nofollow',
    })
    .serializer((page: string) => page)
    .send(html);
}

/** A page of nobody's, where there is no link to say whose it is. */
async function sendNeutralPage(
  request: FastifyRequest,
  reply: FastifyReply,
  view: View,
  status: number,
  languagePath: string | null = null,
): Promise<FastifyReply> {
  const { neutralFrame } = await loadPages();
  const language = await languageOf(request, { linked: null, look: PLAIN_LOOK });
  return sendPage(reply, { ...neutralFrame(language), languagePath }, view, status);
}

const GONE = 410;
const UNKNOWN = 404;

/** A link that does not work; what to do instead. */
export function sendBadLink(
  request: FastifyRequest,
  reply: FastifyReply,
  why: Extract<View, { page: 'bad-link' }>['why'],
): Promise<FastifyReply> {
  return sendNeutralPage(request, reply, { page: 'bad-link', why }, why === 'unknown' ? UNKNOWN : GONE);
}

/** A problem of ours, to people: that nothing is lost, and that they may try again. */
export function sendTrouble(request: FastifyRequest, reply: FastifyReply, problem: Problem): void {
  reply.headers(problem.headers ?? {});
  const again = `./${encodeURIComponent(tokenOf(request))}`;
  sendNeutralPage(request, reply, { page: 'trouble' }, ERRORS[problem.code].status, again).catch(() => {
    // Not even the page can be drawn: then in the words that programs get.
    sendErrorBody(request, reply, problem);
  });
}
