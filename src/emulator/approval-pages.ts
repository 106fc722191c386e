/** Reads what an approval needs of the pages for operators. They are this server's own, so their form is known. */

/** What the form that does `does` sends whatever is chosen in it. */
export function hiddenFields(page: string, does: string): URLSearchParams {
  const forms = page.match(/<form[\s\S]*?<\/form>/g) ?? [];
  const form = forms.find((each) => each.includes(`name="do" value="${does}"`)) ?? '';
  const hidden = inputsOf(form).filter(({ type }) => type === 'hidden');
  return new URLSearchParams(hidden.map(({ name, value }): [string, string] => [name, value]));
}

/** The ids of the accounts that may be chosen. */
export function offeredAccounts(page: string): string[] {
  return valuesOf(page, 'account');
}

/** The optional scopes, all of which the page proposes. */
export function proposedScopes(page: string): string[] {
  return valuesOf(page, 'scope');
}

/** Where a page leads on to by itself; null where it does not. */
export function refreshOf(page: string): string | null {
  const url = /http-equiv="refresh" content="0; url=([^"]+)"/.exec(page)?.[1];
  return url === undefined ? null : decodeText(url);
}

interface Input {
  readonly type: string;
  readonly name: string;
  readonly value: string;
}

function valuesOf(page: string, wanted: string): string[] {
  return inputsOf(page).flatMap(({ name, value }) => (name === wanted ? [value] : []));
}

function inputsOf(text: string): Input[] {
  return [...text.matchAll(/<input ([^>]*)>/g)].map(([, attributes = '']) => ({
    type: attribute(attributes, 'type'),
    name: attribute(attributes, 'name'),
    value: attribute(attributes, 'value'),
  }));
}

function attribute(attributes: string, name: string): string {
  return decodeText(new RegExp(`(?:^| )${name}="([^"]*)"`).exec(attributes)?.[1] ?? '');
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'" };

/** What text in HTML stands for. */
function decodeText(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39|#x27);/g, (_, name: string) => ENTITIES[name]!);
}

const MOST_CHARACTERS = 400;

/** What a page says, without its form. */
export function wordsOf(page: string): string {
  const main = /<main>([\s\S]*)<\/main>/.exec(page)?.[1] ?? page;
  return decodeText(main.replace(/<[^>]*>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MOST_CHARACTERS);
}
