/** What an operator's password must be. Long beats mixed: nothing is asked of its characters but that they are not all the same. */

const FEWEST_CHARACTERS = 12;
const MOST_CHARACTERS = 256;

/**
 * What is wrong with a new password, as the end of a sentence that begins with it, or null. Length is counted in Unicode
 * characters of the composed form (NFC), which is what is hashed.
 */
export function problemOfPassword(password: string, email: string): string | null {
  const characters = [...password.normalize('NFC')];
  if (characters.length < FEWEST_CHARACTERS || characters.length > MOST_CHARACTERS) {
    return `must have ${FEWEST_CHARACTERS} to ${MOST_CHARACTERS} characters, not ${characters.length}`;
  }
  if (/\p{Cc}/u.test(password) || !password.isWellFormed()) {
    return 'must have no control characters and no broken ones';
  }
  if (new Set(characters).size === 1) return 'must not be one character again and again';
  if (folded(password) === folded(email)) return 'must not be the e-mail address';
  return null;
}

function folded(text: string): string {
  return text.trim().normalize('NFC').toLowerCase();
}
