/** Draws a report: one HTML file that needs nothing else, to be read, printed and handed over. */
import { html, type SafeHtml } from '@remix-run/html-template';

/** A name and what stands behind it. */
export type ReportField = readonly [name: string, value: string];

export interface ReportSection {
  readonly heading: string;
  /** Paragraphs before the blocks. */
  readonly intro?: readonly string[];
  /** Said where there are no blocks. */
  readonly otherwise?: string;
  readonly blocks: readonly { readonly headline: string; readonly fields: readonly ReportField[] }[];
}

export interface Report {
  readonly title: string;
  readonly lead: string;
  readonly sections: readonly ReportSection[];
}

const STYLE =
  ':root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}' +
  'h3{font-size:1rem;margin:1.5rem 0 .25rem}dl{display:grid;grid-template-columns:minmax(8rem,auto) 1fr;gap:0 1rem;margin:0}' +
  'h1,h3,p{overflow-wrap:anywhere}dt{opacity:.7}dd{margin:0;overflow-wrap:anywhere;white-space:pre-wrap}h2,h3{break-after:avoid}h3,dl{break-inside:avoid}' +
  '@media(max-width:30rem){dl{grid-template-columns:1fr}dd{margin:0 0 .5rem}}@media print{:root{color-scheme:light}body{max-width:none;margin:0;font-size:10pt}}';

/** Whatever the texts hold, they are shown as text. */
export function renderReport(report: Report): string {
  return `${renderOpenReport(report)}</body>\n</html>\n`;
}

/** Up to where its body ends, so that something may follow that nobody sees. */
export function renderOpenReport({ title, lead, sections }: Report): string {
  return String(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex,nofollow">
<title>${title}</title>
${html.raw`<style>${STYLE}</style>`}
</head>
<body>
<main>
<h1>${title}</h1>
<p>${lead}</p>
${sections.map(drawSection)}</main>
`);
}

function drawSection({ heading, intro = [], otherwise, blocks }: ReportSection): SafeHtml {
  const drawn = blocks.map(
    ({ headline, fields }) => html`<h3><bdi>${headline}</bdi></h3>
<dl>${fields.map(([name, value]) => html`<dt>${name}</dt><dd><bdi>${value}</bdi></dd>`)}</dl>
`,
  );
  return html`<section>
<h2>${heading}</h2>
${intro.map(
  (paragraph) => html`<p>${paragraph}</p>
`,
)}${blocks.length === 0 && otherwise ? html`<p>${otherwise}</p>` : drawn}
</section>
`;
}
