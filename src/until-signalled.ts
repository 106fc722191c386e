/** Minds the signals that say stop. */

/** A terminal's Ctrl-C reaches this process twice under npm, which passes on what the terminal sent to all already. */
const SAME_SIGNAL_MS = 500;
const SIGNAL_NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;

/** Resolves at the first SIGTERM or SIGINT. A second one, later, ends the process at once. */
export function untilSignalled(): Promise<void> {
  return new Promise((resolve) => {
    let firstAt: number | null = null;
    const receive = (signal: keyof typeof SIGNAL_NUMBERS) => {
      if (firstAt !== null && performance.now() - firstAt > SAME_SIGNAL_MS) process.exit(128 + SIGNAL_NUMBERS[signal]);
      firstAt ??= performance.now();
      resolve();
    };
    process.on('SIGINT', receive);
    process.on('SIGTERM', receive);
  });
}
