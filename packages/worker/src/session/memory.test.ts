import { describe, expect, test } from 'vitest';
import { tinyLease, tinyWelcome } from '../tinyRun.suite.ts';
import { Transcript } from './transcript.suite.ts';

describe('a session and the memory of its machine', () => {
  test('takes no model that is out of proportion, and allocates nothing for it', () => {
    const script = new Transcript({ limits: { memoryBytesMax: 16 * 1024 * 1024 } });
    script.on({ type: 'connected' });
    // 800 MB of parameters, in a welcome of a few hundred bytes.
    const layers = [{ type: 'dense', units: 100_000 }, { type: 'tanh' }, { type: 'dense', units: 2_000 }];
    const model = { input: [6], layers, loss: 'cross_entropy' };
    const lines = script.hear({ ...tinyWelcome, spec: { ...tinyWelcome.spec, model } });
    expect(lines.map((line) => line.split(':')[0])).toEqual(['send leave unable', 'disconnect', 'end 2']);
    expect(lines.at(-1)).toMatch(
      /^end 2: The model of this run would take about [\d,]+ MiB of memory with 1 thread, and this worker gives 16 MiB\. Take fewer threads, or give more with --memory/,
    );
  });

  test('fetches nothing ahead where what comes next does not fit, and computes with what leases bring', () => {
    const script = new Transcript({ limits: { memoryBytesMax: 12 * 1024 } });
    script.on({ type: 'connected' });
    // 600 samples in one block, of which no more is left beside the model than half.
    const { train } = tinyWelcome.data;
    const [block] = train.blocks;
    const large = { ...train, count: 600, blocks: [{ ...block!, count: 600, byteLength: 4_200 }] };
    script.hear({ ...tinyWelcome, data: { ...tinyWelcome.data, train: large } });
    script.hear({ type: 'counted' });
    const values = new Uint8Array(2 * 7);
    const lines = script.hear({ ...tinyLease(1, 0, 1), values });
    expect(lines.at(-1)).toMatch(
      /^info: The data set would take 1 MiB of memory, and 1 MiB are left to this worker: its samples/,
    );
    expect(lines.filter((line) => line.startsWith('fetch'))).toEqual([]);
    expect(lines.filter((line) => line.startsWith('slot 0: job 1'))).toHaveLength(1);
    expect(script.hear({ ...tinyLease(2, 1, 2), values })).toHaveLength(1);
  });

  test('ends rather than take a lease that is too large, held ones counted', () => {
    const script = new Transcript({ limits: { memoryBytesMax: 24 * 1024 } });
    script.on({ type: 'connected' });
    const spec = { ...tinyWelcome.spec, batch: 2_000, microbatch: 500 };
    expect(script.hear({ ...tinyWelcome, spec }).at(-1)).toMatch(/^end 2/);

    const fitting = new Transcript({ limits: { memoryBytesMax: 6_700 } });
    fitting.on({ type: 'connected' });
    fitting.hear(tinyWelcome);
    const lines: string[] = [];
    for (let lease = 1; lease <= 2; lease += 1) {
      // A whole step asked of one worker, with a sum for each leaf.
      lines.push(...fitting.hear(tinyLease(lease, 1, 6)));
    }
    expect(lines.filter((line) => line.startsWith('slot 0: job'))).toHaveLength(1);
    expect(lines.at(-1)).toMatch(
      /^end 2: Lease 2 would take about 1 MiB of memory beside 1 MiB, and this worker gives 1 MiB\./,
    );
  });

  test('holds no more leases than it has set itself, whatever the coordinator allows', () => {
    const script = new Transcript();
    script.on({ type: 'connected' });
    script.hear({ ...tinyWelcome, leasesHeldMax: 1_000_000 });
    for (let lease = 1; lease <= 8; lease += 1) script.hear(tinyLease(lease, 0, 1));
    expect(script.hear(tinyLease(9, 0, 1))).toContain(
      'warn: The coordinator at http://host:1 sent lease 9 while 8 were held, which is the limit.',
    );
  });
});
