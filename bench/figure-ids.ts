/** What each figure is called in the results, so that the cells that find it and the aims that ask for it agree. */
import type { EngineName } from './engines/engine.ts';
import type { Operation } from './operations.ts';

export type Size = 'small' | 'large';

/** What a caller may show: a private token, an access token by OAuth, an access token of a trusted issuer. */
export const CREDENTIALS = ['private', 'access', 'issued'] as const;
export type CredentialKind = (typeof CREDENTIALS)[number];

export const figureId = {
  optio: (engine: EngineName, operation: Operation, connections: number) =>
    `${engine}/${operation}/${connections}/optio`,
  oneTransaction: (engine: EngineName, operation: Operation, connections: number) =>
    `${engine}/${operation}/${connections}/one-transaction`,
  noStorage: (operation: Operation, connections: number) => `no-storage/${operation}/${connections}`,
  mix: (engine: EngineName, connections: number, part: 'reads' | 'writes' | 'reads-alone') =>
    `${engine}/mix/${connections}/${part}`,
  alone: (engine: EngineName, rowsPerTransaction: number) => `${engine}/alone/${rowsPerTransaction}`,
  growth: (engine: EngineName, operation: Operation, size: Size) => `${engine}/growth/${operation}/${size}`,
  /** Made by a batch. */
  links: (engine: EngineName) => `${engine}/links/batch`,
  oneClick: (engine: EngineName) => `${engine}/links/one-click`,
  sealing: 'links/sealing',
  /** Asked by calls in JSON, or by lists of lines. */
  eligibility: (engine: EngineName, by: 'calls' | 'lines') => `${engine}/eligibility/${by}`,
  /** A token recognised by itself, and within a request. */
  known: (kind: CredentialKind) => `authentication/${kind}/known`,
  asked: (kind: CredentialKind) => `authentication/${kind}/asked`,
  peer: (name: string) => `peer/${name}`,
  memory: (engine: EngineName, what: 'operations' | 'large') => `${engine}/memory/${what}`,
  start: (what: 'main' | 'large') => `start/${what}`,
} as const;
