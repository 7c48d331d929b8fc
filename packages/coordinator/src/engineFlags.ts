/** How the coordinator's process collects garbage and compiles its code. */
import { setFlagsFromString } from 'node:v8';

/**
 * V8 counts the buffers of frames towards its small heap, so that a few megabytes of gradients make it mark all of it,
 * about every fifteen steps and for ten milliseconds. Buffers die young; with a limit of five times the heap the cheap
 * collections of young objects free nearly all of them. Measured with two workers and `mnist-cnn`: 3 full collections
 * in place of 16, and 2.4 ms of the coordinator's time a step in place of 3.3.
 *
 * For the whole process, so it is for programs to call, not for the library.
 */
export const LAZY_COLLECTION = '--heap-growing-percent=400';

export function collectGarbageLazily(): void {
  setFlagsFromString(LAZY_COLLECTION);
}

/**
 * V8 compiles a function for good once it has run for a while, by default so long that what runs once a step is interpreted
 * for minutes. With a thirteenth of that, steps 60 to 2,560 of `mnist-softmax` on one local worker take 0.67 ms in place of
 * 0.81. For threads that have begun, too. Only the V8 of Node.js 20 has the flag: later ones have a compiler in between, which
 * comes sooner by itself, and say on the terminal what they do not know.
 */
export const EARLY_COMPILING = process.versions.v8.startsWith('11.') ? '--interrupt-budget=10000' : null;

/**
 * What a process does only while it begins is not worth compiling, and what is compiled before much is known of it is
 * compiled again: from the first moment on, two epochs of `mnist-mlp` took 8.3 s in place of 7.5.
 */
const BEGINNING_MS = 10_000;

export function compileSoon(): void {
  if (EARLY_COMPILING !== null) setTimeout(setFlagsFromString, BEGINNING_MS, EARLY_COMPILING).unref();
}
