/** Places among events, as they travel: good for as long as the ledger is, and opaque. */

const CURSOR = /^[A-Za-z0-9_-]{22}$/;

/** The 16 octets of the event's id, shorter and with nothing in it that invites to be put together by hand. */
export function cursorOf(eventId: string): string {
  return Buffer.from(eventId.replaceAll('-', ''), 'hex').toString('base64url');
}

/** The event's id; null where no cursor was sent, undefined where it is none. */
export function readCursor(sent: string | undefined): string | null | undefined {
  if (sent === undefined) return null;
  if (!CURSOR.test(sent)) return undefined;
  const hex = Buffer.from(sent, 'base64url').toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
