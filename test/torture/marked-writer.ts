/** A writer whose every input can be found again in the ledger, with what was answered to it. */
import assert from 'node:assert/strict';
import type { Answer, OptioServer } from '../support/optio-process.ts';

const STATUSES = '/communication-preferences/v4/statuses';
const MOST_INPUTS = 12;
/** A connection on its way to a worker that is killed hangs: then the client has to end it (docs/adr/0007-workers.md). */
const ANSWER_WITHIN_MS = 15_000;
/** After a refusal for being too busy, or a connection that broke. */
const PAUSE_MS = 20;

/** A row as answered. */
interface Row {
  readonly subscriberIdString: string;
  readonly subscriptionId: number;
  readonly status: string;
  readonly setStatusSuccessReason: string;
  readonly legalBasisExplanation: string | null;
  readonly timestamp: string;
}

/** One input of a request that sets a status. Its marker is its explanation, and nobody else's. */
export interface StatusInput {
  readonly address: string;
  readonly marker: string;
  readonly subscriptionId: number;
  readonly state: 'SUBSCRIBED' | 'UNSUBSCRIBED';
}

/** A request, and its rows where it was answered with 200. */
export type Asked = { rows: readonly Row[] | null; isBusy: boolean } & (
  | { readonly kind: 'set'; readonly inputs: readonly StatusInput[] }
  | { readonly kind: 'opt-out'; readonly addresses: readonly string[] }
);

export interface Task {
  readonly token: string;
  readonly subscriptionIds: readonly number[];
  readonly contacts: readonly string[];
  readonly random: () => number;
}

export class MarkedWriter {
  readonly #name: string;
  readonly #server: OptioServer;
  readonly #task: Task;
  readonly #asked: Asked[];
  #count = 0;

  constructor(name: string, server: OptioServer, task: Task, asked: Asked[]) {
    this.#name = name;
    this.#server = server;
    this.#task = task;
    this.#asked = asked;
  }

  async run(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const dice = this.#task.random();
      if (dice < 0.45) await this.#set([this.#input()]);
      else if (dice < 0.75) await this.#set(Array.from({ length: this.#size() }, () => this.#input()));
      else if (dice < 0.9) await this.#optOut([this.#contact()]);
      else await this.#optOut([...new Set(Array.from({ length: this.#size() }, () => this.#contact()))]);
    }
  }

  async #set(inputs: readonly StatusInput[]): Promise<void> {
    const asked: Asked = { kind: 'set', inputs, rows: null, isBusy: false };
    const bodies = inputs.map(({ address, marker, subscriptionId, state }) => ({
      subscriberIdString: address,
      subscriptionId,
      statusState: state,
      channel: 'EMAIL',
      legalBasis: 'CONSENT_WITH_NOTICE',
      legalBasisExplanation: marker,
    }));
    if (bodies.length > 1) return this.#send(asked, '/batch/write', { inputs: bodies });
    const { subscriberIdString, ...body } = bodies[0]!;
    await this.#send(asked, `/${encodeURIComponent(subscriberIdString)}`, body);
  }

  async #optOut(addresses: readonly string[]): Promise<void> {
    const asked: Asked = { kind: 'opt-out', addresses, rows: null, isBusy: false };
    const how = 'unsubscribe-all?channel=EMAIL&verbose=true';
    if (addresses.length > 1) return this.#send(asked, `/batch/${how}`, { inputs: addresses });
    await this.#send(asked, `/${encodeURIComponent(addresses[0]!)}/${how}`, undefined);
  }

  async #send(asked: Asked, path: string, body: unknown): Promise<void> {
    this.#asked.push(asked);
    const options = { token: this.#task.token, timeoutMs: ANSWER_WITHIN_MS, ...(body !== undefined && { body }) };
    const answer = await this.#server.request('POST', STATUSES + path, options).catch(() => null);
    if (answer?.status === 200) asked.rows = rowsOf(answer);
    else await this.#endure(asked, answer);
  }

  async #endure(asked: Asked, answer: Answer | null): Promise<void> {
    if (answer) assert.equal(answer.status, 503, JSON.stringify(answer.body));
    asked.isBusy = answer !== null;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }

  #input(): StatusInput {
    const { subscriptionIds, random } = this.#task;
    return {
      address: this.#contact(),
      marker: `${this.#name}-${this.#count++}`,
      subscriptionId: subscriptionIds[Math.floor(random() * subscriptionIds.length)]!,
      state: random() < 0.6 ? 'SUBSCRIBED' : 'UNSUBSCRIBED',
    };
  }

  #contact(): string {
    const { contacts, random } = this.#task;
    return contacts[Math.floor(random() * contacts.length)]!;
  }

  #size(): number {
    return 2 + Math.floor(this.#task.random() * (MOST_INPUTS - 1));
  }
}

/** A batch of opt-outs answers its rows grouped by contact. */
function rowsOf({ body }: Answer): Row[] {
  assert.equal(body.numErrors, undefined, JSON.stringify(body.errors));
  return body.results.flatMap((result: Row & { statuses?: Row[] }) => result.statuses ?? [result]);
}
