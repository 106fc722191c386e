/** Reads the inputs of a batch: which of them name a contact, and why the others do not. */
import type { XStatic } from 'typebox/schema';
import { type Address, parseAddress } from '../../domain/address.ts';
import type { StatusChange } from '../../domain/outcome.ts';
import { readId } from '../query-types.ts';
import { type InputError, inputError, notAnAddress } from '../refusals.ts';
import type { CHANGE_BODY } from './request-schemas.ts';

/** Errors by the place of their input, so that they are answered in its order. */
export type ErrorsByIndex = Map<number, InputError>;

export interface AddressedInput<Input> {
  readonly index: number;
  readonly input: Input;
  readonly address: Address;
}

/** Sorts inputs into those whose address is one, in their order, and errors about the rest. */
export function addressInputs<Input>(
  inputs: readonly Input[],
  named: (input: Input) => { readonly subscriberIdString: string; readonly subscriptionId?: string | number },
): { accepted: AddressedInput<Input>[]; errors: ErrorsByIndex } {
  const accepted: AddressedInput<Input>[] = [];
  const errors: ErrorsByIndex = new Map();
  inputs.forEach((input, index) => {
    const sent = named(input);
    const address = parseAddress(sent.subscriberIdString);
    if (address) accepted.push({ index, input, address });
    else errors.set(index, inputError(notAnAddress(sent.subscriberIdString), sent, index));
  });
  return { accepted, errors };
}

/** The errors in the order of their inputs. */
export function inOrder(errors: ErrorsByIndex): InputError[] {
  return [...errors].sort(([a], [b]) => a - b).map(([, error]) => error);
}

/** A change as it is asked for in a body; null and absent are the same. */
export function statusChange(body: XStatic<typeof CHANGE_BODY>): StatusChange {
  return {
    kind: 'status-change',
    channel: body.channel,
    subscriptionId: readId(body.subscriptionId),
    state: body.statusState,
    legalBasis: body.legalBasis ?? null,
    legalBasisExplanation: body.legalBasisExplanation ?? null,
  };
}
