/** `GET /`: says in one page what answers here. No scripts, nothing from elsewhere. */
import { createHash } from 'node:crypto';
import { endpoint, HTML } from './endpoint.ts';

const STYLE = `
:root { color-scheme: light dark; --ink: #1d2430; --soft: #566072; --paper: #fbfaf7; --line: #d9d5cb; --link: #0b5cad; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e6e1; --soft: #a3a9b5; --paper: #15181d; --line: #333943; --link: #7db8f5; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.0625rem/1.6 system-ui, sans-serif; }
main { max-width: 38rem; margin: 0 auto; padding: clamp(2rem, 9vw, 6rem) 1.25rem; }
h1 { margin: 0; font-size: clamp(2.25rem, 8vw, 3.25rem); line-height: 1.1; letter-spacing: -0.02em; }
.lead { margin: 0.75rem 0 2rem; color: var(--soft); font-size: 1.2rem; }
dl { margin: 2rem 0; border-top: 1px solid var(--line); }
dl > div { display: grid; grid-template-columns: 9rem 1fr; gap: 0 1rem; padding: 0.75rem 0; border-bottom: 1px solid var(--line); }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
a { color: var(--link); text-underline-offset: 0.15em; }
code { font: 0.92em ui-monospace, monospace; overflow-wrap: anywhere; }
small { color: var(--soft); }
@media (max-width: 30rem) { dl > div { grid-template-columns: 1fr; } }
`;

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Optio</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Optio</h1>
<p class="lead">This server keeps what people said about which mail they want, and which they do not.</p>
<p>It speaks the HubSpot Communication Preferences API, so programs made for that API work here too: only the address
and the token are different. What it keeps stays in the database of whoever runs it.</p>
<dl>
<div><dt>The API</dt><dd><code>/communication-preferences/v4</code>, with <code>Authorization: Bearer &lt;token&gt;</code></dd></div>
<div><dt>Management</dt><dd><code>/optio/v1</code>, with a token that has the scope <code>optio.admin</code></dd></div>
<div><dt>Description</dt><dd><a href="/openapi.json">/openapi.json</a>, OpenAPI 3.1 of everything served</dd></div>
<div><dt>Health</dt><dd><a href="/health/live">/health/live</a>, <a href="/health/ready">/health/ready</a></dd></div>
<div><dt>Documentation</dt><dd>the folder <code>docs</code> that came with Optio; on the command line, <code>optio --help</code></dd></div>
</dl>
<p><small>Optio is open source under the Apache License 2.0. It is an independent project, neither made nor endorsed by
HubSpot; HubSpot is a trademark of HubSpot, Inc.</small></p>
</main>
</body>
</html>
`;

const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const frontPageEndpoint = endpoint(
  {
    operationId: 'front-page',
    summary: 'What answers here, for people',
    description: 'One small page of HTML.',
    tags: ['Operation'],
    response: { 200: HTML },
  },
  (_context, _request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .headers({
        'Content-Security-Policy': POLICY,
        'Referrer-Policy': 'no-referrer',
        'X-Content-Type-Options': 'nosniff',
      })
      .serializer((page: string) => page)
      .send(PAGE),
);
