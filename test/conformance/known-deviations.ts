/** Where HubSpot's files are known to be wrong or silent, each with the reason; everything else is held to the letter. */

export interface SpecSchema {
  type?: string | string[];
  enum?: unknown[];
  format?: string;
  properties?: Record<string, SpecSchema>;
  additionalProperties?: unknown;
  oneOf?: unknown[];
}

const TEXT = { type: 'string' } as const;
const SECONDS = { type: 'integer', format: 'int64' } as const;

/** Where HubSpot's service answers null although its files know only other values: recorded, and shown in its guide. */
const NULLABLE_IN_FACT: Readonly<Record<string, readonly string[]>> = {
  PublicStatus: ['legalBasis', 'legalBasisExplanation', 'setStatusSuccessReason'],
  PublicSubscriptionStatus: ['brandId', 'preferenceGroupName', 'legalBasis', 'legalBasisExplanation'],
};

/** RFC 7662 section 2.2: what clients that follow it look for. `active`, `client_id` and `token_type` are HubSpot's, too. */
const INTROSPECTED = { scope: TEXT, sub: TEXT, iss: TEXT, username: TEXT, exp: SECONDS, iat: SECONDS };

/** What answers hold besides. */
const FURTHER_FIELDS: Readonly<Record<string, Record<string, SpecSchema>>> = {
  // The service says `"status": "error"` in every error body; the files leave it out. So it does with what says which
  // rate limit was reached. The last two are RFC 6749's (section 5.2), which clients of OAuth go by.
  Error: {
    status: { type: 'string', enum: ['error'] },
    errorType: TEXT,
    policyName: TEXT,
    requestId: TEXT,
    error: TEXT,
    error_description: TEXT,
  },
  // RFC 6749 section 5.1: which scopes were given, where they may be others than were asked for.
  AccessTokenResponse: { scope: TEXT },
  ClientCredentialsTokenResponse: { scope: TEXT },
  PublicAccessTokenInfoResponse: INTROSPECTED,
  PublicRefreshTokenInfoResponse: INTROSPECTED,
};

/** RFC 7662 section 2.2: of what is no token of the app's nothing else is said. HubSpot's files know only tokens that work. */
const INACTIVE = {
  type: 'object',
  required: ['active'],
  properties: { active: { enum: [false] } },
  additionalProperties: false,
} as const;

/** A file's schemas, mended where it is known to be wrong and strict about everything else. They are changed in place. */
export function asServed(schemas: Record<string, SpecSchema>): Record<string, SpecSchema> {
  for (const [name, fields] of Object.entries(NULLABLE_IN_FACT)) {
    for (const field of schemas[name] ? fields : []) {
      const property = schemas[name]!.properties![field]!;
      property.type = [property.type as string, 'null'];
      if (property.enum) property.enum = [...property.enum, null];
    }
  }
  for (const [name, fields] of Object.entries(FURTHER_FIELDS)) Object.assign(schemas[name]?.properties ?? {}, fields);
  schemas.TokenInfoResponseBaseIF?.oneOf?.push(INACTIVE);
  // Epoch milliseconds do not fit the 32 bits that some files give them.
  for (const field of ['createdAt', 'updatedAt']) {
    const property = schemas.PublicSubscriptionTranslation?.properties?.[field];
    if (property) property.format = 'int64';
  }
  // One of several is as strict as each of them is.
  for (const schema of Object.values(schemas)) if (!schema.oneOf) schema.additionalProperties ??= false;
  return schemas;
}
