/** The setting `mailFrom` as text: an address, or a name before one in angle brackets. */
import type { MailFrom } from './settings.ts';

const ADDRESS = /^[^\s<>@",:;()[\]\\]+@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i;
const NAMED = /^"?([^"<>\p{Cc}]*?)"?\s*<([^<>]*)>$/u;
const MAX_CHARACTERS = 254;

/** Undefined where the text cannot be meant. */
export function readMailFrom(text: string): MailFrom | undefined {
  const [, name = '', address = text] = NAMED.exec(text.trim()) ?? [];
  const bare = address.trim();
  return ADDRESS.test(bare) && bare.length <= MAX_CHARACTERS ? { name: name.trim(), address: bare } : undefined;
}

/** As `readMailFrom` takes it. */
export function showMailFrom({ name, address }: MailFrom): string {
  return name === '' ? address : `${name} <${address}>`;
}
