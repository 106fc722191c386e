/** `optio definition`: the family of commands on subscription definitions. */
import type { Command } from 'commander';
import type { Run } from '../program.ts';
import { addDefinitionCreate } from './definition-create.ts';
import { addDefinitionList } from './definition-list.ts';
import { addDefinitionUpdate } from './definition-update.ts';

export function addDefinition(program: Command, run: Run): Command {
  const family = program
    .command('definition')
    .description(
      'Subscription definitions are the types of mail that a contact may want or not. They can be deactivated, never deleted.',
    );
  addDefinitionCreate(family, run);
  addDefinitionList(family, run);
  addDefinitionUpdate(family, run);
  return family;
}
