/** What the readers of data are told, and tell while they read. */
import type { DataFitting } from '@shoal/core';

export type ReadProgress = {
  /** What is read, as in "Reading …". */
  readonly what: string;
  readonly done: number;
  readonly total: number;
  /** What is counted, in the plural. */
  readonly unit: string;
};

export type Reading = {
  readonly fitting: DataFitting;
  readonly onProgress: (progress: ReadProgress) => void;
  /** Receives sentences that the user must see. */
  readonly onNotice: (detail: string) => void;
};

/** How to go on where data does not fit: by another model, as `change` says, where one can still be written. */
export const wayOn = ({ isTrained = false }: DataFitting, change: string): string =>
  isTrained ? 'The model is trained and stays as it is: point --data to data that fits it.' : change;

export const SPLIT_NAMES = ['train', 'validation', 'test'] as const;
export type PartName = (typeof SPLIT_NAMES)[number];

const PART_WORDS: readonly { readonly part: PartName; readonly words: RegExp }[] = [
  { part: 'train', words: /^(train(ing)?|trn)$/ },
  { part: 'validation', words: /^(val(id(ation)?)?|dev)$/ },
  { part: 'test', words: /^(test(ing)?|t10k|tst)$/ },
];

/** The part that a name's words speak of: `x_train`, `Training`, `kmnist-test-imgs`; null for none or for several. */
export function partOf(name: string): PartName | null {
  const words = name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  const found = PART_WORDS.filter(({ words: known }) => words.some((word) => known.test(word)));
  return found.length === 1 ? (found[0] as (typeof found)[number]).part : null;
}

/** By number where all are whole numbers, else by their characters. */
export function sortedNames(names: Iterable<string>): string[] {
  const all = [...new Set(names)];
  const areNumbers = all.every((name) => /^-?\d{1,15}$/.test(name));
  return all.sort((a, b) => (areNumbers ? Number(a) - Number(b) : 0) || (a < b ? -1 : a > b ? 1 : 0));
}

/** Names that say no more than the numbers of the classes are none. */
export const spokenNames = (names: readonly string[]): { readonly classNames?: readonly string[] } =>
  names.every((name, number) => name === String(number)) ? {} : { classNames: names };

/** A few of many, for a sentence. */
export function someOf(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}
