/** What the API tells of events, as far as it is the same for many. */
import { FIRST_APP } from './accounts.ts';

/** Of a contact's first event, which an app brought about, all but what it was, of whom and why. */
export const FIRST_BY_APP = {
  endedOptOuts: [],
  legalBasis: null,
  legalBasisExplanation: null,
  source: `Public status API, App ID:${FIRST_APP}`,
  appId: FIRST_APP,
  reason: null,
  expiredVersions: [],
  page: null,
  evidence: null,
  erased: false,
  previousEventId: null,
} as const;
