/** Pickles of Python, which are told apart so that somebody who has one reads how to go on; reading one can run a program. */
import { DataError } from './dataError.ts';

/** The opcode that protocols 2 and later begin with, before the number of the protocol. */
const PROTO = 0x80;
const PROTOCOL_MAX = 5;

export const isPickle = (name: string, begin: Uint8Array): boolean =>
  /\.(pkl|pickle)$/i.test(name) ||
  (!/\.\w+$/.test(name) && begin[0] === PROTO && (begin[1] ?? 0) >= 2 && (begin[1] ?? 0) <= PROTOCOL_MAX);

/** CIFAR as it is distributed for Python: the files of the binary version, without an ending. */
export const holdsPickles = (names: readonly string[]): boolean =>
  (names.includes('batches.meta') && names.includes('data_batch_1')) ||
  ['meta', 'train', 'test'].every((name) => names.includes(name));

export const pickled = (path: string): DataError =>
  new DataError(
    `${path} holds a pickle of Python, which is not read because that could run a program. Store arrays with numpy.savez; of CIFAR take the binary version.`,
  );
