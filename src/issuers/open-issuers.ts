/** The issuers that the operator trusts, as authenticating needs them. Loaded only where there are any: it loads `jose`. */
import { shareUnderway } from '../actions/share-underway.ts';
import type { Holder, TrustedIssuers, Verification } from '../actions/trusted-issuers.ts';
import type { TrustedIssuer } from '../config/trusted-issuers.ts';
import { claimedIssuer } from './claimed-issuer.ts';
import { IssuerKeys, type IssuerWatch, type Patience } from './issuer-keys.ts';
import { RememberedTokens } from './remembered-tokens.ts';
import { LONGEST_HEADER_CHARACTERS, verifyToken } from './verify-token.ts';

interface Known {
  readonly trusted: TrustedIssuer;
  readonly keys: IssuerKeys;
}

/** Asks each issuer for its keys, and waits for none of them: one that is away must not keep the server from starting. */
export function openIssuers(
  issuers: readonly TrustedIssuer[],
  watch: IssuerWatch,
  patience?: Patience,
): TrustedIssuers {
  const known = new Map<string, Known>(
    issuers.map((trusted) => [trusted.issuer, { trusted, keys: new IssuerKeys(trusted.issuer, watch, patience) }]),
  );
  for (const { keys } of known.values()) keys.keepFresh();
  return new OpenIssuers(known);
}

class OpenIssuers implements TrustedIssuers {
  readonly #known: ReadonlyMap<string, Known>;
  readonly #remembered = new RememberedTokens();
  readonly #verifying = new Map<string, Promise<Verification>>();

  constructor(known: ReadonlyMap<string, Known>) {
    this.#known = known;
  }

  remembered(token: string, now: number): Holder | null {
    const found = this.#remembered.get(token, now);
    if (!found) return null;
    found.keys.keepFresh();
    return found.holder;
  }

  verify(token: string, now: number): Promise<Verification> | null {
    const remembered = this.remembered(token, now);
    if (remembered) return Promise.resolve(remembered);
    const claimed = claimedIssuer(token);
    const known = claimed && this.#known.get(claimed.issuer);
    if (!known) return null;
    if (claimed.header.length > LONGEST_HEADER_CHARACTERS) {
      const because = `Its header is longer than ${LONGEST_HEADER_CHARACTERS} characters.`;
      return Promise.resolve({ kind: 'refused', because });
    }
    return shareUnderway(this.#verifying, token, () => this.#verify(token, known, now));
  }

  async #verify(token: string, { trusted, keys }: Known, now: number): Promise<Verification> {
    const verified = await verifyToken(token, trusted, keys, now);
    if (verified.kind !== 'authenticated') return verified;
    const { principal, validUntil, generation } = verified;
    const holder: Holder = { kind: 'authenticated', principal };
    this.#remembered.add(token, { holder, validUntil, keys, generation });
    return holder;
  }

  close(): void {
    for (const { keys } of this.#known.values()) keys.close();
  }
}
