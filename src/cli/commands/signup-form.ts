/** `optio signup-form`: the HTML of a form that anybody may sign up with. */
import { type Command, Option } from 'commander';
import { makeSignUpForm } from '../../actions/make-sign-up-form.ts';
import type { OfferRefusal } from '../../actions/sign-up.ts';
import { openLinkMaker, SITE_UNKNOWN, warnOfSite } from '../link-maker.ts';
import { withAccount } from '../open-management.ts';
import { accountOption, addSettings, collectIds, examples, jsonOption, parseLanguage } from '../options.ts';
import type { Run } from '../program.ts';
import { failed } from '../shell.ts';

interface Options {
  readonly account?: number;
  readonly type: readonly number[];
  readonly language?: string | null;
}

export function addSignupForm(program: Command, run: Run): Command {
  const command = program
    .command('signup-form')
    .description(
      'Prints a form that anybody may sign up with, as HTML for a page of yours: plain, labelled, without script or style. Who sends it gets a message, and is subscribed once they confirm. Nothing is stored.',
    )
    .addOption(
      new Option('--type <id...>', 'the types of mail, all of one brand').argParser(collectIds).makeOptionMandatory(),
    )
    .addOption(
      new Option('--language <tag>', "the language of the form (BCP 47, such as de); the brand's by default").argParser(
        parseLanguage,
      ),
    )
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        ['optio signup-form --type 39644612 --public-url https://mail.example.com', 'where contacts find the server'],
        ['optio signup-form --type 39644612 39644616 --language de', 'of two types, in German'],
      ),
    );
  addSettings(command, ['databaseUrl', 'publicUrl']);
  return command.action(
    run((shell, { type, language = null, ...options }: Options) =>
      withAccount(shell, { ...options }, async (management, account, config) => {
        const maker = openLinkMaker(management, config);
        if (!maker) return failed(SITE_UNKNOWN);
        const form = await makeSignUpForm(maker, account.id, { subscriptionIds: type, language });
        if (form.kind === 'refused') return failed(describeRefusal(form.refusal));
        warnOfSite(shell, config, maker);
        const { url, brand, definitions } = form;
        const { drawSignUpForm } = await import('../../pages/pages.ts');
        const html = drawSignUpForm({ url, look: brand.look, language, definitions });
        return { kind: 'done', text: html, data: { url, html } };
      }),
    ),
  );
}

function describeRefusal({ subscriptionId, code }: OfferRefusal): string {
  switch (code) {
    case 'subscription-unknown':
      return `there is no definition ${subscriptionId}; optio definition list shows them`;
    case 'subscription-inactive':
      return `definition ${subscriptionId} is inactive; optio definition update ${subscriptionId} --active on makes it active`;
    case 'subscription-internal':
      return `definition ${subscriptionId} is internal: contacts are not shown it`;
    case 'several-brands':
      return `definition ${subscriptionId} is of another brand than the first; a form is of one brand`;
  }
}
