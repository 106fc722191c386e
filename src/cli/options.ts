/** The options that several commands share, and how their arguments are read. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { canonicalLanguage } from '../actions/manage-checks.ts';
import type { ManageOutcome } from '../actions/manage-outcome.ts';
import { parseInstant } from '../actions/parse-instant.ts';
import { durationMs } from '../config/duration.ts';
import { flagName, SETTINGS, type Setting } from '../config/settings.ts';
import { SCOPES } from '../domain/access.ts';
import { type Address, parseAddress } from '../domain/address.ts';
import { MAIL_RULES } from '../domain/catalog.ts';
import { MAX_KEEP_MONTHS } from '../domain/erasure.ts';

/** The flags of all settings, or of some. Their defaults are in the help only: the settings' own reader applies them. */
export function addSettings(command: Command, keys?: readonly Setting['key'][]): Command {
  for (const setting of SETTINGS) {
    if (!keys || keys.includes(setting.key)) command.addOption(settingOption(setting));
  }
  return command;
}

function settingOption(setting: Setting): Option {
  const byDefault = setting.byDefault === null ? '' : `, default ${setting.byDefault}`;
  const option = new Option(setting.flag, `${setting.what} (${setting.name}${byDefault})`);
  return option.helpGroup('Settings:');
}

/** The keys of the flags that were given. */
export function settingFlags(options: Readonly<Record<string, unknown>>): Partial<Record<Setting['key'], string>> {
  const flags: Partial<Record<Setting['key'], string>> = {};
  for (const setting of SETTINGS) {
    const value = options[optionKey(flagName(setting))];
    if (typeof value === 'string') flags[setting.key] = value;
  }
  return flags;
}

/** `--database-url` → `databaseUrl`, as the argument parser names it. */
function optionKey(flag: string): string {
  return flag.slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

export function jsonOption(): Option {
  return new Option('--json', 'print JSON instead of text for people');
}

export function accountOption(): Option {
  return new Option('--account <id>', 'the account; needed once there is more than one').argParser(parseId);
}

/** An id to create something under. */
export function newIdOption(what: string): Option {
  return new Option('--id <id>', `the id that the ${what} has at HubSpot; a random one by default`).argParser(parseId);
}

export function nameOption(what: string): Option {
  return new Option('--name <name>', `what the ${what} is called`);
}

/** A yes or no that may also be left as it is. */
export function switchOption(flag: string, what: string): Option {
  return new Option(`${flag} <on|off>`, what).argParser((text) => {
    if (text === 'on') return true;
    if (text === 'off') return false;
    throw new InvalidArgumentError('It must be on or off.');
  });
}

/** A limit in months. */
export type KeepEvidence = number | 'always';

/** As accounts have it; undefined where nothing was said. */
export function readKeepEvidence(option: KeepEvidence | undefined): number | null | undefined {
  return option === 'always' ? null : option;
}

export function keepEvidenceOption(): Option {
  return new Option(
    '--keep-evidence <time>',
    "how long the evidence of contacts' own acts is kept: 3y, 18m (months), or always",
  ).argParser((text) => {
    if (text === 'always') return text;
    const [, count, unit] = /^([1-9]\d{0,3})([ym])$/.exec(text) ?? [];
    const months = Number(count) * (unit === 'y' ? 12 : 1);
    if (months <= MAX_KEEP_MONTHS) return months;
    throw new InvalidArgumentError(`It must be years (3y) or months (18m), up to ${MAX_KEEP_MONTHS / 12}y, or always.`);
  });
}

export function mailRuleOption(): Option {
  return new Option(
    '--mail-rule <rule>',
    'who may be mailed: opt-in, only who is subscribed; unless-opted-out, everybody who did not say no',
  ).choices(MAIL_RULES);
}

export function parseId(text: string): number {
  const id = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(id)) {
    throw new InvalidArgumentError(`It must be a whole number of at most ${Number.MAX_SAFE_INTEGER}.`);
  }
  return id;
}

/** What `parseExpiry` takes, for people. */
export const EXPIRY_FORM = 'a duration such as 12h, 90d or 52w, an instant such as 2027-01-31T12:00:00Z or a date';

/**
 * When something ends, in epoch milliseconds: after a duration such as `90d`, or at an ISO 8601 instant or UTC date.
 * `allowed` completes the refusal "It must be …".
 */
export function parseExpiry(text: string, allowed: string): number {
  const duration = durationMs(text, 'smhdw');
  const expiresAt = duration === null ? parseInstant(text) : Date.now() + duration;
  // The largest instant that a Date can hold.
  if (expiresAt === null || expiresAt > 8.64e15) {
    throw new InvalidArgumentError(`It must be ${allowed}.`);
  }
  return expiresAt;
}

/** The same of an end that is to come; `instead` says what else to write where it is past. */
export function parseEnd(text: string, allowed: string, instead: string): number {
  const end = parseExpiry(text, allowed);
  if (end >= Date.now()) return end;
  throw new InvalidArgumentError(`It is past; ${instead}.`);
}

export function parseContact(text: string): Address {
  const address = parseAddress(text);
  if (address) return address;
  throw new InvalidArgumentError('It must be an e-mail address: local-part@domain.');
}

export function parseLanguage(text: string): string {
  const language = canonicalLanguage(text);
  if (language !== null) return language;
  throw new InvalidArgumentError('It must be a BCP 47 language tag such as de or pt-BR.');
}

/** How long a secret works on that another replaces; a day where nothing is said. */
export function oldUntilOption(): Option {
  return new Option(
    '--old-until <when>',
    'until when the old one works: for a duration (24h, 7d) or until an instant (ISO 8601); now ends it at once (default: 24h)',
  ).argParser((text) =>
    text === 'now' ? text : parseEnd(text, `${EXPIRY_FORM}, or now`, 'now ends the old one at once'),
  );
}

/** Of an option that may be repeated. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

export function scopeOption(): Option {
  const what = 'what it may do; all of the API, without optio.admin, by default';
  return new Option('--scope <scope...>', what).choices(SCOPES);
}

/** Of an option that takes several ids. */
export function collectIds(text: string, before: readonly number[] = []): readonly number[] {
  return [...before, parseId(text)];
}

export function redirectUriOption(): Option {
  return new Option(
    '--redirect-uri <uri>',
    'where its users may be sent back to, matched exactly: https, or http to this machine; may be repeated',
  ).argParser(collect);
}

/** Who wrote options knows no fields: a refusal names the option instead, such as `--allow-network no. 2`. */
export function nameRepeatedOption<Value>(
  outcome: ManageOutcome<Value>,
  field: string,
  option: string,
): ManageOutcome<Value> {
  if (outcome.kind === 'done' || outcome.refusal.code !== 'invalid') return outcome;
  const [, index] = new RegExp(`^${field}\\[(\\d+)\\]$`).exec(outcome.refusal.field) ?? [];
  if (index === undefined) return outcome;
  return { kind: 'refused', refusal: { ...outcome.refusal, field: `${option} no. ${Number(index) + 1}` } };
}

/** The examples at the end of a command's help: a command line and what it does, each. */
export function examples(...lines: readonly (readonly [command: string, does: string])[]): string {
  return `\nExamples:\n${lines.map(([command, does]) => `  # ${does}\n  ${command}`).join('\n')}`;
}
