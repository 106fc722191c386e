/** `optio app`: the family of commands on apps. */
import type { Command } from 'commander';
import type { Run } from '../program.ts';
import { addAppCreate } from './app-create.ts';
import { addAppInstall } from './app-install.ts';
import { addAppInstallations } from './app-installations.ts';
import { addAppList } from './app-list.ts';
import { addAppRotateSecret } from './app-rotate-secret.ts';
import { addAppShow } from './app-show.ts';
import { addAppUninstall } from './app-uninstall.ts';
import { addAppUpdate } from './app-update.ts';

export function addApp(program: Command, run: Run): Command {
  const family = program
    .command('app')
    .description(
      'Apps act at the API through their tokens: those that are made for them, and those that they get by OAuth once they are installed. The source of every change names its app.',
    );
  addAppCreate(family, run);
  addAppList(family, run);
  addAppShow(family, run);
  addAppUpdate(family, run);
  addAppRotateSecret(family, run);
  addAppInstall(family, run);
  addAppUninstall(family, run);
  addAppInstallations(family, run);
  return family;
}
