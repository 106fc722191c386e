/**
 * One file to hand to whoever asks for proof: a page for people, the data that it was drawn from, and a signature.
 * The signature covers the data, and the data holds the hash of the page, so that no octet of the file may change.
 * `docs/evidence.md` describes it for verifiers that are not ours.
 */
import { hash } from 'node:crypto';
import type { SigningKey } from './checkpoint.ts';

const FORMAT = 'optio-evidence/1';

/** `page` is an HTML page up to where the data goes, within its body. Returns the file's text. */
export function sealPackage(page: string, data: object, key: SigningKey): string {
  const text = toText({ format: FORMAT, page: hash('sha256', page, 'hex'), ...data });
  const signature = toText({ algorithm: 'Ed25519', publicKey: key.publicKey, signature: key.sign(text) });
  return `${page}${block('evidence', text)}${block('signature', signature)}</body>\n</html>\n`;
}

/** What is in such an element runs nowhere, and no policy keeps it from being there. */
function block(id: string, text: string): string {
  return `<script type="application/json" id="${id}">${text}</script>\n`;
}

/** JSON in which nothing ends the element that it stands in. */
function toText(value: object): string {
  return JSON.stringify(value).replaceAll('<', String.raw`\u003c`);
}
