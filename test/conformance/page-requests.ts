/**
 * The requests of HubSpot's reference pages, word for word (retrieved in 2026): the update of one status from the German
 * page, the batch update from the German and from the Japanese page.
 */
export const GERMAN_SINGLE = `curl --request POST \\
  --url https://api.hubapi.com/communication-preferences/v4/statuses/{subscriberIdString} \\
  --header 'Authorization: Bearer <token>' \\
  --header 'Content-Type: application/json' \\
  --data '{
  "statusState": "SUBSCRIBED",
  "channel": "EMAIL",
  "legalBasis": "LEGITIMATE_INTEREST_PQL",
  "subscriptionId": 123,
  "legalBasisExplanation": "<string>"
}'`;

/** The page shows no value for fields with a fixed set of values, although two of them are required. */
export const GERMAN_BATCH = `curl --request POST \\
  --url https://api.hubapi.com/communication-preferences/v4/statuses/batch/write \\
  --header 'Authorization: Bearer <token>' \\
  --header 'Content-Type: application/json' \\
  --data '
{
  "inputs": [
    {
      "subscriberIdString": "<string>",
      "subscriptionId": 123,
      "legalBasisExplanation": "<string>"
    }
  ]
}
'`;

export const JAPANESE_BATCH = `curl --request POST \\
--url https://api.hubapi.com/communication-preferences/v4/statuses/batch/write \\
--header 'Authorization: Bearer <token>' \\
--header 'Content-Type: application/json' \\
--data '
{
"inputs": [
{
"channel": "EMAIL",
"statusState": "NOT_SPECIFIED",
"subscriberIdString": "<string>",
"subscriptionId": 123,
"legalBasis": "CONSENT_WITH_NOTICE",
"legalBasisExplanation": "<string>"
}
]
}
'`;

export interface PageRequest {
  readonly method: string;
  readonly path: string;
  /** By their names in lower case. */
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Takes a command apart the way a shell would, as far as these commands go. */
export function parseCurl(command: string): PageRequest {
  const words = [...command.matchAll(/'([^']*)'|([^\s\\']+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
  const options = (name: string) => words.filter((_, index) => words[index - 1] === `--${name}`);
  const headers = options('header').map((header) => /^(.*?): (.*)$/s.exec(header)!.slice(1) as [string, string]);
  const url = options('url')[0] ?? '';
  return {
    method: options('request')[0] ?? '',
    path: url.replace(/^https:\/\/[^/]+/, ''),
    headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
    body: options('data')[0] ?? '',
  };
}
