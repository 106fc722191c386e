/** Reads an object of JSON field by field; what is wrong is said by its place, with what would be right. */
import { nearest } from './nearest.ts';

/** What is wrong; completes a sentence that begins with the setting's name. */
export class Fault extends Error {
  override readonly name = 'Fault';
}

/** What makes a value of JSON, found at `at`, into what is meant; undefined where it cannot be meant. */
type Reader<Value> = (value: unknown, at: string) => Value | undefined;

export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #at: string;

  /** `at` is where the object stands, such as `[0].account`; it may have the fields that are `known`, and no others. */
  constructor(value: unknown, at: string, known: readonly string[]) {
    if (!isObject(value)) throw new Fault(`has ${shownValue(value)} at ${at}, but it must be an object`);
    this.#values = value;
    this.#at = at;
    const other = Object.keys(value).find((name) => !known.includes(name));
    if (other === undefined) return;
    const near = nearest(other, known);
    const hint = near === null ? `Optio knows ${known.join(', ')}` : `did you mean ${near}?`;
    throw new Fault(`has ${at}.${other}, which is not known; ${hint}`);
  }

  /** `allowed` completes "it must be …". */
  required<Value>(name: string, allowed: string, read: Reader<Value>): Value {
    const value = this.optional(name, allowed, read);
    if (value === undefined) throw new Fault(`has no ${this.#at}.${name}; it must be ${allowed}`);
    return value;
  }

  optional<Value>(name: string, allowed: string, read: Reader<Value>): Value | undefined {
    if (!Object.hasOwn(this.#values, name)) return undefined;
    const at = `${this.#at}.${name}`;
    const value = read(this.#values[name], at);
    if (value === undefined)
      throw new Fault(`has ${shownValue(this.#values[name])} at ${at}, but it must be ${allowed}`);
    return value;
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value of JSON as it may be shown: its beginning. */
export function shownValue(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
