/** Reads what a page's form or a mail program posts. Nothing that is posted to a link is refused for its form. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { readBody } from '../body-reader.ts';

/** The fields of a form by their names, each with its values in their order; files are left out. */
export type Form = ReadonlyMap<string, readonly string[]>;

const NO_FORM: Form = new Map();

/** What a form of a thousand switches takes. Larger ones are none of ours, and anybody could keep the server busy with them. */
const MAX_FORM_OCTETS = 65_536;

/** Takes bodies of every type and none: what is not a form is an empty one. Call it on a scope of its own. */
export function acceptForms(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', (request, payload, done) => {
    readBody(request, payload, (fault, body) => {
      if (fault) return done(fault, undefined);
      request.bodyText = body.toString('utf8');
      parseForm(request.headers['content-type'] ?? '', body).then((form) => done(null, form), done);
    });
  });
}

/** What was posted, where forms are accepted; empty where it was no form, or nothing. */
export function formOf({ body }: FastifyRequest): Form {
  return body instanceof Map ? body : NO_FORM;
}

/** The first value of a field, or null. */
export function fieldOf(form: Form, name: string): string | null {
  return form.get(name)?.[0] ?? null;
}

/** By Node's own reader of forms, urlencoded and multipart (RFC 7578), which rejects what it cannot read. */
async function parseForm(contentType: string, body: Buffer): Promise<Form> {
  if (body.length > MAX_FORM_OCTETS) return NO_FORM;
  let data: Iterable<readonly [string, unknown]>;
  try {
    data = await new Response(new Uint8Array(body), { headers: { 'Content-Type': contentType } }).formData();
  } catch {
    return NO_FORM;
  }
  const form = new Map<string, string[]>();
  for (const [name, value] of data) {
    if (typeof value !== 'string') continue;
    const values = form.get(name);
    if (values) values.push(value);
    else form.set(name, [value]);
  }
  return form;
}

/** Whether it is what mail programs post for one click (RFC 8058 section 3.1), in whatever case they write it. */
export function isOneClick(form: Form): boolean {
  for (const [name, values] of form) {
    if (name.toLowerCase() !== 'list-unsubscribe') continue;
    if (values.some((value) => value.trim().toLowerCase() === 'one-click')) return true;
  }
  return false;
}
