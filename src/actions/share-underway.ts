/** Where many want the same at once, it is done once. */

/** What is under way, by what it is done for: a `Map`, or a `WeakMap` where it shall keep nothing alive. */
interface Underway<Key, Value> {
  get(key: Key): Promise<Value> | undefined;
  set(key: Key, promise: Promise<Value>): unknown;
  delete(key: Key): unknown;
}

/** The promise that is under way for `key`, or else that of `begin`. Once it settles, whoever asks begins anew. */
export function shareUnderway<Key, Value>(
  underway: Underway<Key, Value>,
  key: Key,
  begin: () => Promise<Value>,
): Promise<Value> {
  const known = underway.get(key);
  if (known) return known;
  const begun = begin().finally(() => {
    if (underway.get(key) === begun) underway.delete(key);
  });
  underway.set(key, begun);
  return begun;
}
