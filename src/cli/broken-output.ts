/** What happens where nothing can be printed: a pipe that nobody reads any more, a full disk. */

/**
 * Ends the process with exit code 1 as soon as printing fails. A reader that went away, as `head` does, needs no words;
 * of anything else standard error gets a line.
 */
export function endWhereNothingCanBePrinted(): void {
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE') process.stderr.write(`optio: standard output cannot be written (${code})\n`);
    process.exit(1);
  });
}
