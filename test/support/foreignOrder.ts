/**
 * Which samples a lease has, worked out from the run spec and the manifests of the welcome. Written from docs/protocol.md
 * alone; nothing of the product is used. Runs of the synchronous rule only.
 */
import { threefryBlock } from './foreignArithmetic.ts';
import type { Message } from './messagePack.ts';

/** What a foreign worker needs to know of its run. */
export type ForeignRun = {
  readonly seed: number;
  readonly batch: number;
  readonly microbatch: number;
  readonly order: 'shuffled' | 'blocks';
  /** Samples of each set. */
  readonly counts: { readonly [set: string]: number };
};

export function runOf(welcome: Message): ForeignRun {
  const { seed, batch, microbatch, data } = welcome.spec as unknown as ForeignRun & {
    readonly data: { readonly order?: ForeignRun['order'] };
  };
  const manifests = welcome.data as unknown as { readonly [set: string]: { readonly count: number } };
  const counts = Object.fromEntries(Object.entries(manifests).map(([set, { count }]) => [set, count]));
  return { seed, batch, microbatch, order: data.order ?? 'shuffled', counts };
}

/** Fisher and Yates, with the words of one stream. */
export function permutation(key: readonly number[], n: number, sample = 0): number[] {
  const order = Array.from({ length: n }, (_, i) => i);
  let block: number[] = [];
  for (let i = 0; i < n - 1; i += 1) {
    if (i % 4 === 0) block = threefryBlock(key, [sample, Math.floor(i / 4), 0, 0]);
    const j = i + Math.floor(((block[i % 4] as number) * (n - i)) / 4294967296);
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}

/** The order of an epoch over n samples. */
export function orderOf(
  { seed, order }: Pick<ForeignRun, 'seed' | 'order'>,
  epoch: number,
  n: number,
): number[] {
  if (order === 'shuffled') return permutation([seed, 2, 0, epoch], n);
  const blocks = permutation([seed, 2, 1, epoch], Math.ceil(n / 256));
  const places: number[] = [];
  for (let g = 0; 4 * g < blocks.length; g += 1) {
    const samples = blocks
      .slice(4 * g, 4 * g + 4)
      .flatMap((block) => Array.from({ length: Math.min(256, n - 256 * block) }, (_, i) => 256 * block + i));
    for (const p of permutation([seed, 2, 2, epoch], samples.length, g)) places.push(samples[p] as number);
  }
  return places;
}

/** The samples of each leaf of a lease, first to last, and their epoch; null for an evaluation. */
export function leavesOf(
  lease: Message,
  run: ForeignRun,
): { readonly leaves: readonly Uint32Array[]; readonly epoch: number | null } {
  const { seed, batch, microbatch, order, counts } = run;
  const [from, to, step] = [lease.from, lease.to, lease.step] as [number, number, number];
  const cut = (samples: readonly number[]): Uint32Array[] =>
    Array.from({ length: to - from }, (_, i) =>
      Uint32Array.from(samples.slice((from + i) * microbatch, (from + i + 1) * microbatch)),
    );
  const count = counts[lease.set as string] as number;
  if (lease.task === 'evaluate')
    return { leaves: cut(Array.from({ length: count }, (_, i) => i)), epoch: null };
  const steps = Math.ceil(count / batch);
  const epoch = Math.floor(step / steps);
  const first = (step % steps) * batch;
  const places = orderOf({ seed, order }, epoch, count).slice(first, first + batch);
  // The probe is its first microbatch.
  return { leaves: cut(places), epoch };
}
