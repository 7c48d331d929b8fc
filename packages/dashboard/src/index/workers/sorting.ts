/** Order of the workers in their table. */
import type { WorkerView } from '@shoal/core';

export const SORT_KEYS = [
  'name',
  'agent',
  'engine',
  'threads',
  'speed',
  'share',
  'samples',
  'samplesLate',
  'leasesDone',
  'leasesLost',
  'leasesHeld',
  'rttMs',
  'upBitsPerSecond',
  'downBitsPerSecond',
  'joinedSecondsAgo',
  'bytesSent',
  'bytesReceived',
  'state',
] as const satisfies readonly (keyof WorkerView)[];

export type SortKey = (typeof SORT_KEYS)[number];

export type Sorting = { readonly key: SortKey; readonly direction: 'ascending' | 'descending' };

/** What needs attention comes first. */
const STATES: readonly WorkerView['state'][] = [
  'late',
  'probing',
  'computing',
  'ready',
  'draining',
  'paused',
];

const names = new Intl.Collator('en', { numeric: true });

function compare(a: WorkerView, b: WorkerView, key: SortKey): number {
  switch (key) {
    case 'name':
    case 'agent':
    case 'engine':
      return names.compare(a[key], b[key]);
    case 'state':
      return STATES.indexOf(a.state) - STATES.indexOf(b.state);
    case 'rttMs':
      // Unknown counts as longest.
      return (a.rttMs ?? Number.MAX_VALUE) - (b.rttMs ?? Number.MAX_VALUE);
    case 'upBitsPerSecond':
    case 'downBitsPerSecond':
      // A local worker has no line, and what nobody has seen is rarely slow.
      return (a[key] ?? Number.MAX_VALUE) - (b[key] ?? Number.MAX_VALUE);
    default:
      return a[key] - b[key];
  }
}

/** Equal ones stay in the order in which they joined, so that rows do not jump. */
export function sorted(workers: readonly WorkerView[], { key, direction }: Sorting): WorkerView[] {
  const sign = direction === 'ascending' ? 1 : -1;
  return [...workers].sort((a, b) => sign * compare(a, b, key) || a.id - b.id);
}

/** A second press on a column turns it round; numbers begin with the largest, words with the first. */
export function pressed(sorting: Sorting, key: SortKey): Sorting {
  if (sorting.key === key) {
    return { key, direction: sorting.direction === 'ascending' ? 'descending' : 'ascending' };
  }
  const words = key === 'name' || key === 'agent' || key === 'engine' || key === 'state';
  return { key, direction: words ? 'ascending' : 'descending' };
}
