/**
 * The parts of `docs/` that the code says better than a person would: routes, settings, every command's help.
 * `node test/support/reference-docs.ts` writes them into the pages; a test holds that they are current.
 */
import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { buildProgram } from '../../src/cli/program.ts';
import { flagName, SETTINGS } from '../../src/config/settings.ts';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { emulatorRoutes } from '../../src/emulator/routes.ts';
import { SEED_SCHEMA } from '../../src/emulator/seed-schema.ts';
import type { Route } from '../../src/http/endpoint.ts';
import { ROUTES } from '../../src/http/routes.ts';

const DOCS = new URL('../../docs/', import.meta.url);
const GENERATED = /(<!-- generated: (\S+) -->\n)[\s\S]*?(<!-- end -->)/g;

/** Pages whose marked parts are generated. */
export const PAGES = ['api.md', 'configuration.md', 'cli.md', 'emulator.md'] as const;

/** Made of the schema that validates seeds. */
export const SEED_SCHEMA_FILE = new URL('../../schemas/seed.schema.json', import.meta.url);

export function readPage(page: string): Promise<string> {
  return readFile(new URL(page, DOCS), 'utf8');
}

/** The page with its marked parts as they should be. */
export async function renderPage(page: string): Promise<string> {
  const parts: Record<string, string> = {
    settings: renderSettings(),
    commands: await renderCommands(),
    routes: renderRoutes(ROUTES),
    'emulator-routes': renderEmulatorRoutes(),
  };
  return (await readPage(page)).replace(GENERATED, (_, begin: string, name: string, end: string) => {
    const part = parts[name];
    if (part === undefined) throw new Error(`${page} asks for ${name}, which nothing renders`);
    return `${begin}${part}\n${end}`;
  });
}

function renderSettings(): string {
  const rows = SETTINGS.map((setting) => {
    const byDefault = setting.byDefault === null ? 'none' : `\`${setting.byDefault}\``;
    return `| \`${setting.name}\` | \`${flagName(setting)}\` | ${byDefault} | ${setting.what} | ${setting.allowed} |`;
  });
  return ['| variable | flag | default | what it does | allowed |', '| --- | --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}

/** A row a route: what it does, and the scopes any of which suffices, by HubSpot's older names before the newer. */
function renderRoutes(routes: readonly Route[]): string {
  const rows = routes.map(({ method, path, scopes, endpoint }) => {
    const needed = scopes === 'public' ? 'none' : scopes.map(renderScopes).join(', ');
    return `| \`${method}\` | \`${path.replace(/:(\w+)/g, '{$1}')}\` | ${endpoint.schema.summary} | ${needed} |`;
  });
  return ['| method | path | what it does | scopes, any one of |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** One scope, or several that are needed together. */
function renderScopes(together: string | readonly string[]): string {
  return [together]
    .flat()
    .map((scope) => `\`${scope}\``)
    .join(' and ');
}

function renderEmulatorRoutes(): string {
  const rows = emulatorRoutes(null as unknown as Emulator).map(({ method, path, endpoint: { schema } }) => {
    return `| \`${method}\` | \`${path}\` | ${schema.summary}. ${schema.description} |`;
  });
  return ['| method | path | what it does |', '| --- | --- | --- |', ...rows].join('\n');
}

/** For editors, which know no formats of ours. */
export function renderSeedSchema(): string {
  const known = JSON.stringify(SEED_SCHEMA, (key, value) => (key === 'format' ? undefined : value), 2);
  return `${known.replace('{', '{\n  "$schema": "http://json-schema.org/draft-07/schema#",')}\n`;
}

async function renderCommands(): Promise<string> {
  const ignore = { print: () => {}, complain: () => {} };
  const program = await buildProgram('all', ignore, () => async () => {});
  return leaves(program)
    .map((command) => `### ${nameOf(command)}\n\n\`\`\`text\n${helpOf(command)}\`\`\``)
    .join('\n\n');
}

/** The commands that do something, in the order of the help. */
export function leaves(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
}

export function nameOf(command: Command): string {
  return command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();
}

/** All that `--help` prints, eighty columns wide. */
function helpOf(command: Command): string {
  let text = '';
  const writeOut = (more: string) => {
    text += more;
  };
  command.configureOutput({ writeOut, getOutHelpWidth: () => 80, getOutHasColors: () => false }).outputHelp();
  return text.trimEnd().concat('\n');
}

if (import.meta.main) {
  await writeFile(SEED_SCHEMA_FILE, renderSeedSchema());
  for (const page of PAGES) await writeFile(new URL(page, DOCS), await renderPage(page));
}
