/**
 * Where an app may have its users sent back to. URIs are kept as they were written and compared code point by code point,
 * as RFC 9700 section 2.1 asks: nothing is decoded, completed or guessed, so that nothing can be made to look alike.
 */

export const MAX_REDIRECT_URIS = 20;
export const MAX_REDIRECT_URI_CHARACTERS = 2_000;

/** What RFC 3986 lets a URI be written with, without `#`, which would begin a fragment, and `*`, which people take for a pattern. */
const ALLOWED_CHARACTERS = /^[\w\-.~:/?[\]@!$&'()+,;=%]*$/;

/** Those that a program on the user's own machine listens on (RFC 8252 section 7.3). */
const LOOPBACK_HOSTS = ['127.0.0.1', '[::1]', 'localhost'];

/** What is wrong with such a URI, completing a sentence that begins with it; null where it may be kept. */
export function problemOfRedirectUri(uri: string): string | null {
  if (uri.length > MAX_REDIRECT_URI_CHARACTERS) return `must have at most ${MAX_REDIRECT_URI_CHARACTERS} characters`;
  if (uri.includes('#')) return 'must have no fragment (#)';
  if (uri.includes('*')) return 'must have no *: it is matched exactly';
  // A browser reads a URL with one slash, or with three, as if there were two.
  if (!ALLOWED_CHARACTERS.test(uri) || !/^https?:\/\/[^/]/i.test(uri) || !URL.canParse(uri)) {
    return 'must be a URL such as https://app.example.com/oauth-callback';
  }
  const { protocol, hostname } = new URL(uri);
  if (/^[^/]*\/\/[^/?]*@/.test(uri)) return 'must name no user';
  if (protocol === 'http:' && !LOOPBACK_HOSTS.includes(hostname)) {
    return `must begin with https://, or with http:// and one of ${LOOPBACK_HOSTS.join(', ')}`;
  }
  return null;
}

/** Whether `asked` is one of those that an app is registered with. */
export function matchesRedirect(registered: readonly string[], asked: string): boolean {
  return registered.includes(asked);
}
