/** What a newcomer is told when the first account is made: the token, once, and a request to try it with. */

/** `secret` is null where the operator brought the token along. */
export function describeFirstAccount(secret: string | null): string {
  const made = 'This is the first start: an account with its three default definitions has been made.\n';
  if (secret === null) return `${made}Its token is the one in OPTIO_BOOTSTRAP_TOKEN.\n\n`;
  return `${made}Its token has all scopes, and is shown only this once:\n\n  ${secret}\n\n`;
}

/** A request that works when it is pasted into a shell. A server on every interface is reached on this machine's own. */
export function describeFirstRequest(url: string, secret: string | null): string {
  const reachable = url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//127.0.0.1:');
  const token = secret ?? '$OPTIO_BOOTSTRAP_TOKEN';
  return `
Try it:

  curl -H "Authorization: Bearer ${token}" "${reachable}/communication-preferences/v4/statuses/ada@example.com?channel=EMAIL"

`;
}
