/**
 * What a logo's octets are, told by themselves. An SVG must be a picture and nothing else: pages show logos in `<img>`,
 * where no script of theirs runs and nothing is fetched, and this keeps it harmless wherever it may get to besides.
 */
import type { LogoMediaType } from './brand-look.ts';

/** `problem` completes the sentence that begins with what was given: "must be …". */
export type LogoReading =
  | { readonly kind: 'picture'; readonly mediaType: LogoMediaType }
  | { readonly kind: 'refused'; readonly problem: string };

export function readLogo(octets: Buffer): LogoReading {
  const raster = SIGNATURES.find(([, signature]) => signature.test(octets.toString('latin1', 0, 16)));
  if (raster) return { kind: 'picture', mediaType: raster[0] };
  const text = octets.toString('utf8');
  if (!SVG.test(text) || !Buffer.from(text).equals(octets)) {
    return { kind: 'refused', problem: 'must be a PNG, JPEG, WebP or GIF file, or an SVG in UTF-8' };
  }
  const problem = findSvgProblem(text);
  return problem === null ? { kind: 'picture', mediaType: 'image/svg+xml' } : { kind: 'refused', problem };
}

/** How the files begin, an octet a character. */
const SIGNATURES: readonly (readonly [LogoMediaType, RegExp])[] = [
  ['image/png', /^\x89PNG\r\n/],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/webp', /^RIFF[\s\S]{4}WEBP/],
  ['image/gif', /^GIF8[79]a/],
];

/** An `<svg>` after whatever may come before it: an XML declaration, comments, a document type. */
const SVG =
  /^\ufeff?\s*(?:(?:<\?[^>]*>|<!--(?:(?!-->)[\s\S])*-->|<!DOCTYPE[^>[]*(?:\[[^\]]*\]\s*)?>)\s*)*<(?:svg:)?svg[\s>]/;
const SVG_NAMESPACE = /xmlns(?::svg)?\s*=\s*["']http:\/\/www\.w3\.org\/2000\/svg["']/;

/** What a reference may lead to: a part of the same file, or a picture that is in it. */
const INSIDE = '(?:#|data:image/(?:png|jpeg|webp|gif)[;,])';

/** Comments and texts are looked through as well: better a picture too many refused than a script let in. */
const SVG_FAULTS: readonly (readonly [fault: RegExp, rule: string])[] = [
  [
    /<(?:[\w-]+:)?(?:script|handler|listener|foreignObject|iframe|embed|object|audio|video)(?![\w-])/i,
    'must have no scripts and nothing but pictures',
  ],
  [/(?<=[\s"'/])on[a-z]+\s*=/i, 'must have no scripts'],
  [/<!ENTITY[^>]*/i, 'must have no entities of its own'],
  [
    new RegExp(
      [
        String.raw`(?:href|src)\s*=(?!\s*["']?\s*${INSIDE})\s*["']?[^"'>]*`,
        String.raw`url\((?!\s*["']?\s*${INSIDE})[^)]*`,
        String.raw`@import|<\?xml-stylesheet|xml:base`,
      ].join('|'),
      'i',
    ),
    'must refer to nothing outside itself',
  ],
];

const MAX_SHOWN = 60;

function findSvgProblem(written: string): string | null {
  if (!SVG_NAMESPACE.test(written)) return 'must say xmlns="http://www.w3.org/2000/svg", or no browser shows the SVG';
  const text = decodeReferences(written);
  for (const [fault, rule] of SVG_FAULTS) {
    const [found] = fault.exec(text) ?? [];
    if (found === undefined) continue;
    const shown = found
      .slice(0, MAX_SHOWN)
      .toWellFormed()
      .replaceAll(/\p{Cc}+/gu, ' ');
    return `${rule}, and this SVG has ${shown}`;
  }
  return null;
}

/** Characters may also be written by their numbers, which hides nothing from whoever shows the picture. */
function decodeReferences(text: string): string {
  return text.replaceAll(/&#(?:x([0-9a-f]+)|(\d+));/gi, (reference, hexadecimal, decimal) => {
    const code = hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : reference;
  });
}
