/** Domain values as v3's rows, in HubSpot's field order. */
import type { XStatic } from 'typebox/schema';
import type { EffectiveStatus } from '../../domain/preferences.ts';
import type { STATUS_ROW } from './schemas.ts';

export type StatusRow = XStatic<typeof STATUS_ROW>;

const SOURCES = {
  'portal-wide': 'PORTAL_WIDE_STATUS',
  'brand-wide': 'BRAND_WIDE_STATUS',
  subscription: 'SUBSCRIPTION_STATUS',
  nobody: 'SUBSCRIPTION_STATUS',
} as const satisfies Record<EffectiveStatus['decidedBy'], StatusRow['sourceOfStatus']>;

export function statusRow(status: EffectiveStatus): StatusRow {
  const { definition, state, decidedBy, legalBasis, legalBasisExplanation } = status;
  return {
    id: String(definition.id),
    name: definition.name,
    description: definition.description,
    status: state === 'SUBSCRIBED' ? 'SUBSCRIBED' : 'NOT_SUBSCRIBED',
    sourceOfStatus: SOURCES[decidedBy],
    brandId: definition.businessUnitId === 0 ? null : definition.businessUnitId,
    preferenceGroupName: null,
    legalBasis,
    legalBasisExplanation,
  };
}
