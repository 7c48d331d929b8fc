import { bytesOf } from '@shoal/core';
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

  test('leaves a data set that does not fit, and computes with the samples of its leases', () => {
    const script = new Transcript({ limits: { memoryBytesMax: 64 * 1024 } });
    script.on({ type: 'connected' });
    const train = { ...tinyWelcome.data.train, count: 1_000_000 };
    script.hear({ ...tinyWelcome, data: { ...tinyWelcome.data, train } });
    expect(script.hear({ type: 'counted' })).toEqual([
      expect.stringMatching(
        /^info: The data set would take 7 MiB of memory, and 1 MiB are left to this worker: its samples/,
      ),
    ]);
    expect(script.hear(tinyLease(1, 0, 1))).toContain('slot 0: job 1, gradient of 0 to 1, samples 0 3');
  });

  test('ends rather than take a lease that is too large, held ones counted', () => {
    const script = new Transcript({ limits: { memoryBytesMax: 24 * 1024 } });
    script.on({ type: 'connected' });
    const spec = { ...tinyWelcome.spec, batch: 2_000, microbatch: 500 };
    expect(script.hear({ ...tinyWelcome, spec }).at(-1)).toMatch(/^end 2/);

    const fitting = new Transcript({ limits: { memoryBytesMax: 12 * 1024 } });
    fitting.on({ type: 'connected' });
    // A step of 200 samples, all asked of one worker.
    const { data } = tinyWelcome;
    const train = { ...data.train, count: 200 };
    fitting.hear({ ...tinyWelcome, spec: { ...tinyWelcome.spec, batch: 200 }, data: { ...data, train } });
    const lines: string[] = [];
    for (let lease = 1; lease <= 2; lease += 1) {
      const numbers = new Uint32Array(200);
      const values = new Uint8Array(200 * 7);
      const wide = {
        ...tinyLease(lease, 0, 1),
        step: 0,
        to: 100,
        leaves: 100,
        samples: bytesOf(numbers),
        values,
      };
      lines.push(...fitting.hear(wide));
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
