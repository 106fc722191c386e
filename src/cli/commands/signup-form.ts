/** `optio signup-form`: the HTML of a form that anybody may sign up with. */
import { type Command, Option } from 'commander';
import { linkMakerOf } from '../../actions/make-links.ts';
import { makeSignUpForm } from '../../actions/make-sign-up-form.ts';
import { canonicalLanguage } from '../../actions/manage-checks.ts';
import type { OfferRefusal } from '../../actions/sign-up.ts';
import { lookOf } from '../../domain/brand-look.ts';
import { withAccount, withConfig } from '../open-management.ts';
import { accountOption, addSettings, examples, jsonOption, parseId } from '../options.ts';
import type { Run } from '../program.ts';
import { failed, misuse } from '../shell.ts';

interface Options {
  readonly account?: number;
  readonly type: readonly number[];
  readonly language?: string;
}

export function addSignupForm(program: Command, run: Run): Command {
  const command = program
    .command('signup-form')
    .description(
      'Prints a form that anybody may sign up with, as HTML for a page of yours: plain, labelled, without script or style. Who sends it gets a message, and is subscribed once they confirm. Nothing is stored.',
    )
    .addOption(
      new Option('--type <id...>', 'the types of mail, all of one brand').argParser(addId).makeOptionMandatory(),
    )
    .addOption(new Option('--language <tag>', "of the form, such as de or pt-BR; the brand's by default"))
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        ['optio signup-form --type 39644612 --public-url https://mail.example.com', 'the form of one type'],
        [
          'optio signup-form --type 39644612 39644616 --language de',
          'of two, in German, where OPTIO_PUBLIC_URL is set',
        ],
      ),
    );
  addSettings(command, ['databaseUrl', 'publicUrl']);
  return command.action(
    run((shell, options: Options) =>
      withConfig(shell, { ...options }, async ({ publicUrl }) => {
        const language = options.language === undefined ? null : canonicalLanguage(options.language);
        if (options.language !== undefined && language === null) {
          return misuse(
            `the flag --language is ${JSON.stringify(options.language)}, but must be a tag such as de or pt-BR`,
          );
        }
        if (publicUrl === null) {
          return misuse('a form must know where contacts find the server; set --public-url or OPTIO_PUBLIC_URL');
        }
        return withAccount(shell, { ...options }, async (management, account) => {
          const maker = linkMakerOf(management, { url: publicUrl });
          const form = await makeSignUpForm(maker, account.id, { subscriptionIds: options.type, language });
          if (form.kind === 'refused') return failed(describe(form.refusal));
          const { url, brand, definitions } = form;
          const { drawSignUpForm } = await import('../../pages/pages.ts');
          const html = drawSignUpForm({ url, look: lookOf(brand), language, definitions });
          return { kind: 'done', text: html, data: { url, html } };
        });
      }),
    ),
  );
}

function addId(text: string, before: readonly number[] = []): number[] {
  return [...before, parseId(text)];
}

function describe({ subscriptionId, code }: OfferRefusal): string {
  switch (code) {
    case 'subscription-unknown':
      return `there is no definition ${subscriptionId}; optio definition list shows them`;
    case 'subscription-inactive':
      return `definition ${subscriptionId} is inactive; optio definition update --active on makes it active`;
    case 'subscription-internal':
      return `definition ${subscriptionId} is internal: contacts are not shown it`;
    case 'several-brands':
      return `definition ${subscriptionId} is of another brand than the first; a form is of one brand`;
  }
}
