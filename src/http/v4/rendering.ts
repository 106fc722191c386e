/** Domain values as v4's rows and envelope, in HubSpot's field order. */
import type { FastifyRequest } from 'fastify';
import type { XStatic } from 'typebox/schema';
import type { Context } from '../../actions/context.ts';
import type { Address } from '../../domain/address.ts';
import { activeDefinitions, type Catalog, type SubscriptionDefinition } from '../../domain/catalog.ts';
import type { Transition } from '../../domain/outcome.ts';
import {
  type Channel,
  type ChannelPreferences,
  type EffectiveStatus,
  effectiveStatus,
  type OptOut,
} from '../../domain/preferences.ts';
import { instant } from '../instant.ts';
import type { InputError } from '../refusals.ts';
import type { DEFINITION_ROW, STATUS_ROW, WIDE_STATUS_ROW } from './answer-schemas.ts';

export type StatusRow = XStatic<typeof STATUS_ROW>;
export type WideStatusRow = XStatic<typeof WIDE_STATUS_ROW>;
export type DefinitionRow = XStatic<typeof DEFINITION_ROW>;

export interface Envelope<Row> {
  status: 'COMPLETE';
  results: Row[];
  numErrors?: number;
  errors?: InputError[];
  startedAt: string;
  completedAt: string;
}

/** The envelope around what was done. Refused inputs are told of only where there are some. */
export function complete<Row>(
  context: Context,
  request: FastifyRequest,
  results: Row[],
  errors: readonly InputError[] = [],
): Envelope<Row> {
  const startedAt = instant(request.arrivedAt);
  const completedAt = instant(context.clock());
  return errors.length === 0
    ? { status: 'COMPLETE', results, startedAt, completedAt }
    : { status: 'COMPLETE', results, numErrors: errors.length, errors: [...errors], startedAt, completedAt };
}

/** `reason` is null where the row was only read. */
export function statusRow(
  address: Address,
  channel: Channel,
  { definition, state, source, legalBasis, legalBasisExplanation, occurredAt }: EffectiveStatus,
  reason: Transition | 'UNSUBSCRIBE_FROM_ALL_OCCURRED' | null,
): StatusRow {
  return {
    businessUnitId: definition.businessUnitId,
    channel,
    subscriberIdString: address.shown,
    subscriptionId: definition.id,
    subscriptionName: definition.name,
    status: state,
    source,
    legalBasis,
    legalBasisExplanation,
    setStatusSuccessReason: reason,
    timestamp: instant(occurredAt),
  };
}

/** The rows that an opt-out of everything left unsubscribed: the active types in its scope. */
export function rowsOptedOut(
  catalog: Catalog,
  businessUnitId: number | null,
  address: Address,
  channel: Channel,
  preferences: ChannelPreferences,
): StatusRow[] {
  return activeDefinitions(catalog, businessUnitId).map((definition) =>
    statusRow(address, channel, effectiveStatus(preferences, definition), 'UNSUBSCRIBE_FROM_ALL_OCCURRED'),
  );
}

export function wideStatusRow(address: Address, channel: Channel, optOut: OptOut): WideStatusRow {
  const row = {
    subscriberIdString: address.shown,
    status: 'UNSUBSCRIBED',
    channel,
    timestamp: instant(optOut.occurredAt),
  } as const;
  return optOut.businessUnitId === null
    ? { wideStatusType: 'PORTAL_WIDE', ...row }
    : { wideStatusType: 'BUSINESS_UNIT_WIDE', ...row, businessUnitId: optOut.businessUnitId };
}

export function definitionRow(definition: SubscriptionDefinition, withTranslations: boolean): DefinitionRow {
  const { id, businessUnitId, name, description, purpose, communicationMethod, translations } = definition;
  const { isActive, isDefault, isInternal } = definition;
  return {
    id: String(id),
    businessUnitId,
    name,
    description,
    purpose,
    communicationMethod,
    isActive,
    isDefault,
    isInternal,
    createdAt: instant(definition.createdAt),
    updatedAt: instant(definition.updatedAt),
    ...(withTranslations && {
      subscriptionTranslations: translations.map((translation) => ({
        subscriptionId: id,
        languageCode: translation.languageCode,
        name: translation.name,
        description: translation.description,
        createdAt: translation.createdAt,
        updatedAt: translation.updatedAt,
      })),
    }),
  };
}
