/**
 * The pages that people see, for whoever answers requests. Import this module when the first of them is asked for, not
 * at the start: most processes never show one.
 */
export { nameOf, neutralFrame, operatorFrame } from './brand.ts';
export { type DrawnMessage, drawConfirmationMessage } from './confirmation-message.ts';
export { type Consent, consentOf } from './consent.ts';
export { chooseLanguage, type LanguageHints, typeInLanguage } from './languages.ts';
export { renderPage } from './render-page.ts';
export { drawSignUpForm } from './sign-up-form.ts';
