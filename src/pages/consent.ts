/** The text that a contact agrees to, and how a form says which one that was. */
import { versionOfText } from '../domain/evidence.ts';
import { nameOf } from './brand.ts';
import { directionOf } from './languages.ts';
import { speakerOf } from './texts.ts';
import type { Frame } from './views.ts';

export interface Consent {
  /** Plain text, as it is shown and kept as evidence. */
  readonly text: string;
  /** As `versionOfText` says. */
  readonly version: string;
}

/** The brand's own text in the page's language, word for word, or else Optio's. */
export function consentOf(frame: Frame): Consent {
  const own = frame.look.texts[frame.language]?.consent;
  const text = own ?? speakerOf(frame.language).sayPlainly('consent', { brand: apart(nameOf(frame), frame) });
  return { text, version: versionOfText(text) };
}

/** In a text from right to left a name keeps its own direction, its full stop too, between isolates (UAX #9 section 2.4). */
function apart(name: string, { language }: Frame): string {
  return directionOf(language) === 'rtl' ? `\u2068${name}\u2069` : name;
}
