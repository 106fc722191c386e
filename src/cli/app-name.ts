/** How a command's argument names an app that may be another account's. */
import { InvalidArgumentError } from 'commander';
import type { AppName } from '../actions/manage-installations.ts';
import { parseId } from './options.ts';

/** No more than the form: client ids are UUIDs, ids are numbers. */
export function parseAppName(text: string): AppName {
  if (/^\d+$/.test(text)) return { appId: parseId(text) };
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return { clientId: text };
  throw new InvalidArgumentError('It must be the id of an app, or a client id: a UUID, as "optio app show" shows it.');
}
