/** How an act of a contact was observed: what was shown, and what the request looked like. Kept with the ledger's event. */
import { hash } from 'node:crypto';

/** Where contacts act by themselves. */
export type ContactAct = 'preference-page' | 'unsubscribe-page' | 'one-click' | 'sign-up';

/** A request as it arrived; what it did not say is absent. Values are as they were sent, cut to `MAX_EVIDENCE_CHARACTERS`. */
export interface ObservedRequest {
  readonly at: string;
  readonly userAgent?: string;
  readonly contentType?: string;
  readonly origin?: string;
  readonly referrer?: string;
  /** Only where the operator wants it kept. */
  readonly ipAddress?: string;
}

/** A text that was shown to a contact, word for word. */
export interface TextShown {
  readonly text: string;
  /** BCP 47. */
  readonly language: string;
  /** As `versionOfText` says. */
  readonly version: string;
}

/** Names a text: the first 16 hexadecimal digits of its SHA-256 in UTF-8. */
export function versionOfText(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 16);
}

/** A type of mail as a contact was shown it: its words then, whatever they become. */
export interface TypeShown {
  readonly name: string;
  readonly description: string;
}

export interface Evidence {
  readonly act: ContactAct;
  readonly request: ObservedRequest;
  /** The type that was chosen about; absent where none was shown, as before one click, or where it was about everything. */
  readonly type?: TypeShown;
  /** What the contact agreed to. */
  readonly consent?: TextShown;
  /** Of a double opt-in: the request that was confirmed. */
  readonly signUp?: SignUpEvidence;
}

/** How that request was observed. */
export interface SignUpEvidence {
  readonly request: ObservedRequest;
  /** What was shown then; null where that is not known. */
  readonly consent: TextShown | null;
  /** The app that recorded it; null where the contact's own browser sent the form. */
  readonly appId: number | null;
}

/** The act as it is kept with what ended by it: nothing was agreed to for that, whatever else began by the same act. */
export function withoutConsent({ consent, ...rest }: Evidence): Evidence {
  return rest;
}

export const MAX_EVIDENCE_CHARACTERS = 512;

const SOURCES: Readonly<Record<ContactAct, string>> = {
  'preference-page': 'Preference page',
  'unsubscribe-page': 'Unsubscribe page',
  'one-click': 'One-click unsubscribe',
  'sign-up': 'Sign-up confirmation',
};

/** The act that a source names; null of any other source. */
export function actOfSource(source: string): ContactAct | null {
  return (Object.keys(SOURCES) as ContactAct[]).find((act) => SOURCES[act] === source) ?? null;
}

/** The source that the ledger and the status rows name for such an act. */
export function sourceOfAct(act: ContactAct): string {
  return SOURCES[act];
}
