/** A real store with something of a test's in its way. */
import type { Store, SubscriberStore } from '../../src/storage/port.ts';

/** A store whose hot part is the real one, except for what `change` puts in its place. */
export function tamper(store: Store, change: (real: SubscriberStore) => Partial<SubscriberStore>): Store {
  const real = store.subscribers;
  const subscribers = withMethodsOf(real, change(real));
  return withMethodsOf(store, { subscribers });
}

/** The real thing, except for what is put in its place. */
export function withMethodsOf<T extends object>(real: T, changed: Partial<T>): T {
  return new Proxy(real, {
    get: (target, name) => {
      if (Object.hasOwn(changed, name)) return changed[name as keyof T];
      const value = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
