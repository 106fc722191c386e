/** What strangers might call themselves. */
import fc from 'fast-check';

const HOSTILE = [
  '<script>alert(1)</script>',
  '</style><script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' autofocus onfocus='alert(1)",
  '<!--',
  ']]>',
  '</title><base href=//evil.example>',
  '{count, plural, other {#}}',
  "'{'<b>",
  '&lt;script&gt;&#60;',
  'javascript:alert(1)',
  '`$' + '{alert(1)}`',
  '\u202Egnp.exe',
  '\u2028',
];

/** Texts that would be markup, a formula of a message, or something else than text, if anything let them. */
export const hostile = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'grapheme', minLength: 1 })), {
    minLength: 1,
    maxLength: 4,
  })
  .map((parts) => parts.join(''))
  // The parser changes these two by the standard's rules; they are no markup.
  .map((text) => text.replaceAll(/[\0\r]/g, ''))
  .filter((text) => text !== '');
