/** For whom the library says that it acts: an account, by the operator who approved it. It calls that its "account". */

export interface GrantHolder {
  readonly accountId: number;
  readonly operatorId: number;
}

/** As one text, which the library takes along from a grant to its codes and tokens. */
export function nameHolder({ accountId, operatorId }: GrantHolder): string {
  return `${accountId}.${operatorId}`;
}

/** Null for what `nameHolder` did not write. */
export function readHolder(name: string | undefined): GrantHolder | null {
  const [, accountId, operatorId] = /^(\d+)\.(\d+)$/.exec(name ?? '') ?? [];
  return accountId === undefined ? null : { accountId: Number(accountId), operatorId: Number(operatorId) };
}
