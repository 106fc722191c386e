/** How far a command is that takes minutes: a bar where the end is known, a count where it is not. */
import type { Shell } from './shell.ts';

const BAR_CELLS = 30;
/** More often, nobody could read it. */
const EVERY_MS = 200;

export class Progress {
  readonly #show: Shell['showProgress'];
  #shownAt = Number.NEGATIVE_INFINITY;

  constructor({ showProgress }: Pick<Shell, 'showProgress'>) {
    this.#show = showProgress;
  }

  /** `of` is null where the end is not known. */
  tell(what: string, done: number, of: number | null): void {
    const now = performance.now();
    if (!this.#show || now - this.#shownAt < EVERY_MS) return;
    this.#shownAt = now;
    const count = done.toLocaleString('en');
    this.#show(of === null ? `${what}  ${count}` : `${what}  ${bar(done, of)}  ${count}`);
  }

  /** Leaves the line empty. */
  end(): void {
    this.#show?.('');
  }
}

function bar(done: number, of: number): string {
  const share = of === 0 ? 1 : Math.min(1, done / of);
  const full = Math.floor(share * BAR_CELLS);
  return `${'█'.repeat(full)}${'░'.repeat(BAR_CELLS - full)} ${String(Math.floor(share * 100)).padStart(3)} %`;
}
