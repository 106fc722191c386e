/** Python, in which the verifiers are written that share no line with Optio. */
import { execFile } from 'node:child_process';
import type { Ended } from './optio-process.ts';
import { findProgram, installFromDebian } from './programs.ts';

const python = findPython();

/** Why there is none, or false: to be given as a suite's `skip`. */
export const PYTHON_MISSING: string | false =
  python === null && 'there is no Python: install it (apt-get install python3)';

/** Runs a script to its end, however it ends. */
export function runPython(script: string, ...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    execFile(python ?? 'python3', [script, ...args], (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(error);
      else resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

function findPython(): string | null {
  const installed = findProgram(['python3']);
  if (installed !== null) return installed;
  installFromDebian('python3');
  return findProgram(['python3']);
}
