/** `optio erase`: forgets a contact, but not what it said no to. */
import { type Command, Option } from 'commander';
import { type Erasure, eraseContact, OPERATOR_ACTOR } from '../../actions/erase-contact.ts';
import { instant } from '../../actions/show-instant.ts';
import type { Address } from '../../domain/address.ts';
import { concludeWith, withAccount } from '../open-management.ts';
import { accountOption, addSettings, examples, jsonOption, parseContact } from '../options.ts';
import type { Run } from '../program.ts';

interface Options {
  readonly account?: number;
  readonly reason?: string;
}

export function addErase(program: Command, run: Run): Command {
  const command = program
    .command('erase')
    .description(
      "Erases a contact (GDPR article 17): its address, the texts and the evidence kept with its changes, and a sign-up that waits. Its links are void from now on. What it said no to holds on, also when the address comes back, and a last event says when and why it was erased, so that its ledger can still be checked. It cannot be taken back. Copies that the database's own files still hold go with optio purge.",
    )
    .argument('<address>', "the contact's e-mail address", parseContact)
    .addOption(new Option('--reason <text>', 'why, in a few words; they stay, so they must name no e-mail address'))
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(['optio erase ada@example.com --reason "asked for it, ticket 4711"', 'Ada wants to be forgotten']),
    );
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, address: Address, options: Options) =>
      withAccount(shell, { ...options }, async (management, account) =>
        concludeWith(
          await eraseContact(management, account.id, address, OPERATOR_ACTOR, options.reason ?? null),
          (erasure) => ({ text: describeForPeople(address, erasure), data: describe(address, erasure) }),
        ),
      ),
    ),
  );
  return command;
}

function describeForPeople({ shown }: Address, { tombstone, droppedSignUp }: Erasure): string {
  if (tombstone) {
    return `${shown} is erased, and what it said no to holds on. For copies in the files of the database, run: optio purge`;
  }
  return droppedSignUp
    ? `Of ${shown} nothing was known but a sign-up that waited for its confirmation. It is erased.`
    : `Nothing is known of ${shown} that could be erased.`;
}

function describe({ shown }: Address, { tombstone, droppedSignUp }: Erasure) {
  return {
    subscriberIdString: shown,
    subscriberKey: tombstone?.subscriberKey ?? null,
    erased: tombstone !== null,
    droppedSignUp,
    eventId: tombstone?.eventId ?? null,
    erasedAt: tombstone && instant(tombstone.occurredAt),
  };
}
