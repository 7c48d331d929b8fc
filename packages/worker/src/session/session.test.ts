import { epochOrder } from '@shoal/core';
import { describe, expect, test } from 'vitest';
import { tinyLease, tinySpec, tinyWelcome } from '../tinyRun.suite.ts';
import { finished, JOINED_1, joined, parameters, samplesOf, sums } from './joinedSession.suite.ts';
import { Transcript } from './transcript.suite.ts';

describe('a session', () => {
  test('asks how the run stands on every connection when somebody follows it, and shows what it is told', () => {
    const script = new Transcript({ follows: true });
    script.on({ type: 'connected' });
    expect(script.hear(tinyWelcome)).toContain('send follow');
    const standing = {
      type: 'standing',
      state: 'training',
      reason: '',
      epoch: 0,
      step: 3,
      stepsPerEpoch: 9,
      loss: 0.5,
      testAccuracy: null,
      records: [],
      workers: 4,
      samples: 12,
      share: 0.25,
      leases: 2,
      rank: 3,
      speed: 4,
      samplesLate: 0,
      leasesLate: 0,
      help: 'counts',
    } as const;
    expect(script.hear({ ...standing, records: [] })).toEqual(['show standing: training, rank 3']);
    script.on({ type: 'disconnected', code: null, reason: { type: 'connectionClosed' }, jitter: 0 });
    script.on({ type: 'connected' });
    expect(script.hear(tinyWelcome)).toContain('send follow');
  });

  test('joins, is probed, computes a lease and ends with the run', () => {
    const script = new Transcript();
    expect(script.on({ type: 'connected' })).toEqual(['send hello']);
    expect(script.hear(tinyWelcome)).toEqual(['start slot 0 with wasm-strict', JOINED_1]);
    expect(script.hear(tinyLease(0, 0, 1, { task: 'probe' }))).toEqual([
      'slot 0: parameters 0',
      `slot 0: job 1, probe of 0 to 1, samples ${epochOrder(tinySpec, 0, 40).subarray(0, 2).join(' ')}`,
    ]);
    expect(script.answer(0, finished(1, sums(0, 0, 2)))).toEqual([
      'send partial of lease 0: node 0.0, loss 1, 1 of 2 right, 4 ms',
    ]);
    expect(script.hear({ type: 'counted' })).toEqual([]);
    expect(script.hear({ type: 'ping', nonce: 7 })).toEqual(['send pong 7']);
    expect(script.hear(parameters(1))).toEqual([]);
    expect(script.hear(tinyLease(1, 5, 7, { version: 1 }))).toEqual([
      'slot 0: parameters 1',
      `slot 0: job 2, gradient of 5 to 7, samples ${samplesOf(5, 7)}`,
      // What comes next: the run is short.
      ...Array(3).fill(expect.stringMatching(/^fetch block \d of train, round 1$/)),
      'fetch block 0 of validation, round 1',
      'fetch block 0 of test, round 1',
    ]);
    expect(script.answer(0, finished(2, sums(0, 5, 2), sums(1, 3, 1)))).toEqual([
      'send partial of lease 1: node 0.5, loss 1, 1 of 2 right, 8 ms',
      'send partial of lease 1: node 1.3, loss 0.5, 1 of 1 right, 8 ms',
    ]);
    expect(script.hear({ type: 'bye', code: 'finished', message: 'The run is finished.' })).toEqual([
      'stop fetching',
      'disconnect',
    ]);
    expect(script.lose('', 4000)).toEqual(['end 0: The run is finished.']);
    expect(script.session.ended).toBe(true);
  });

  test('splits a lease over its slots and sends the sums of whole nodes', () => {
    const script = joined(2);
    expect(script.hear(tinyLease(1, 0, 7))).toEqual([
      'slot 0: parameters 0',
      `slot 0: job 1, gradient of 0 to 4, samples ${samplesOf(0, 4)}`,
      'slot 1: parameters 0',
      `slot 1: job 2, gradient of 4 to 7, samples ${samplesOf(4, 7)}`,
    ]);
    // A second lease waits behind the parts of the first; the slot with less to do gets the first part.
    expect(script.hear(tinyLease(2, 0, 1))).toEqual([
      `slot 1: job 3, gradient of 0 to 1, samples ${samplesOf(0, 1)}`,
    ]);
    expect(script.answer(1, finished(2, sums(2, 1, 5)))).toEqual([]);
    expect(script.answer(0, finished(1, sums(2, 0, 8)))).toEqual([
      'send partial of lease 1: node 3.0, loss 6.5, 2 of 13 right, 8 ms',
    ]);
    expect(script.answer(1, finished(3, sums(0, 0, 2)))).toEqual([
      'send partial of lease 2: node 0.0, loss 1, 1 of 2 right, 12 ms',
    ]);
  });

  test('tells how far a lease is that takes long, once a second for all of its slots', () => {
    const script = joined(2);
    script.hear(tinyLease(1, 0, 7));
    const says = (slot: number, job: number, done: number, computeMs: number): string[] =>
      script.answer(slot, { type: 'progress', job, done, computeMs });
    script.now = 1_000;
    expect(says(0, 1, 2, 1_000)).toEqual(['send progress of lease 1: 2 samples, 1000 ms']);
    script.now = 1_010;
    expect(says(1, 2, 3, 1_005)).toEqual([]);
    script.now = 2_000;
    expect(says(0, 1, 4, 2_000)).toEqual(['send progress of lease 1: 7 samples, 2000 ms']);
    script.answer(1, finished(2, sums(2, 1, 5)));
    script.now = 3_000;
    expect(says(0, 1, 6, 3_000)).toEqual(['send progress of lease 1: 11 samples, 3000 ms']);
    script.hear({ type: 'revoke', lease: 1 });
    script.now = 4_000;
    expect(says(0, 1, 8, 4_000)).toEqual([]);
    expect(says(0, 99, 8, 4_000)).toEqual([]);
  });

  test('answers a revoked lease when its slots have stopped', () => {
    const script = joined(2);
    script.hear(tinyLease(1, 0, 4));
    expect(script.hear({ type: 'revoke', lease: 1 })).toEqual([
      'slot 0: cancel job 1',
      'slot 1: cancel job 2',
    ]);
    expect(script.hear({ type: 'revoke', lease: 1 })).toEqual([]);
    expect(script.hear({ type: 'revoke', lease: 99 })).toEqual([]);
    expect(script.answer(0, finished(1, sums(1, 0, 4)))).toEqual([]);
    expect(script.answer(1, { type: 'cancelled', job: 2 })).toEqual([
      'send failed lease 1: revoked, Stopped, as told.',
    ]);
  });

  test('says which parameters it does not have', () => {
    const script = joined();
    expect(script.hear(tinyLease(1, 0, 1, { version: 4 }))).toEqual([
      'send failed lease 1: unknownVersion, Parameter version 4 is not here.',
    ]);
  });

  test('keeps the latest two parameter versions', () => {
    const script = joined();
    for (const version of [1, 2, 3]) script.hear(parameters(version));
    expect(script.hear(tinyLease(1, 0, 1, { version: 1 }))).toEqual([
      'send failed lease 1: unknownVersion, Parameter version 1 is not here.',
    ]);
    expect(script.hear(tinyLease(2, 0, 1, { version: 2 }))[0]).toBe('slot 0: parameters 2');
    expect(script.hear(tinyLease(3, 0, 1, { version: 3 }))[0]).toBe('slot 0: parameters 3');
  });

  test('replaces a slot that dies and gives its leases back', () => {
    const script = joined(2);
    script.hear(tinyLease(1, 0, 4));
    expect(script.on({ type: 'slotDied', slot: 0, reason: 'The thread ended with code 1.' })).toEqual([
      'warn: Slot 0 ended unexpectedly and is replaced: The thread ended with code 1.',
      'start slot 0 with wasm-strict',
      'slot 1: cancel job 2',
      'send failed lease 1: engineFailed, The thread ended with code 1.',
    ]);
    expect(script.answer(1, { type: 'cancelled', job: 2 })).toEqual([]);
    // The new slot is told the parameters anew, the old one knows them.
    expect(script.hear(tinyLease(2, 0, 2))).toEqual([
      'slot 0: parameters 0',
      `slot 0: job 3, gradient of 0 to 1, samples ${samplesOf(0, 1)}`,
      `slot 1: job 4, gradient of 1 to 2, samples ${samplesOf(1, 2)}`,
    ]);
  });

  test('ends when the engine fails three times in a row', () => {
    const script = joined();
    const fail = (lease: number): string[] => {
      script.hear(tinyLease(lease, 0, 1));
      return script.answer(0, { type: 'failed', job: lease, message: 'No memory.' });
    };
    expect(fail(1)).toEqual(['send failed lease 1: engineFailed, No memory.']);
    fail(2);
    const last = fail(3);
    expect(last.slice(-2)).toEqual([
      'disconnect',
      'end 2: This machine cannot compute: wasm-strict failed 3 times in a row, at last with: No memory. ' +
        'Run "shoal selftest" here, and update Node.js or Shoal.',
    ]);
  });

  test('leaves in good order, once', () => {
    const script = joined();
    script.hear(tinyLease(1, 0, 1));
    expect(script.on({ type: 'leaveRequested', reason: { type: 'toldToStop', signal: 'SIGINT' } })).toEqual([
      'slot 0: cancel job 1',
      'send leave toldToStop: The worker was told to stop (SIGINT).',
      'disconnect',
      'end 0: Left the coordinator at http://host:1: The worker was told to stop (SIGINT).',
    ]);
    expect(script.on({ type: 'leaveRequested', reason: { type: 'toldToStop', signal: 'SIGINT' } })).toEqual(
      [],
    );
    expect(script.lose('', 1000)).toEqual([]);
  });
});

describe('a session that is told what it cannot follow', () => {
  test('answers nonsense with a sentence and a new connection', () => {
    const complaints: [string, (script: Transcript) => string[]][] = [
      [
        'sent something unreadable. The frame is not a message: bytes follow the message.',
        (script) =>
          script.on({
            type: 'unreadable',
            problem: 'The frame is not a message: bytes follow the message.',
          }),
      ],
      ['sent a second welcome.', (script) => script.hear(tinyWelcome)],
      [
        'is not understood: parameter version 1 has 8 bytes instead of 212.',
        (script) =>
          script.hear({ type: 'parameters', version: 1, base: null, checksum: 0, vector: new Uint8Array(8) }),
      ],
      [
        'is not understood: the checksum of parameter version 1 does not fit its content.',
        (script) => script.hear({ ...parameters(1), checksum: 5 }),
      ],
      [
        'is not understood: lease 3 covers leaves 6 to 9 of 7.',
        (script) => script.hear({ ...tinyLease(3, 0, 1), from: 6, to: 9 }),
      ],
      [
        'is not understood: lease 3 is of 8 leaves, where there are 7.',
        (script) => script.hear({ ...tinyLease(3, 0, 1), leaves: 8 }),
      ],
      [
        'is not understood: lease 3 is of 7 leaves, where there are 0.',
        (script) => script.hear({ ...tinyLease(3, 0, 1), step: Number.MAX_SAFE_INTEGER }),
      ],
      [
        'is not understood: lease 3 is of 7 leaves, where there are 5.',
        (script) => script.hear({ ...tinyLease(3, 0, 1), task: 'evaluate', set: 'test' }),
      ],
      [
        'is not understood: lease 3 trains on the test set.',
        (script) => script.hear({ ...tinyLease(3, 0, 1), set: 'test' }),
      ],
      [
        'is not understood: lease 3 carries values of the wrong length.',
        (script) => script.hear({ ...tinyLease(3, 0, 1), values: new Uint8Array(13) }),
      ],
      [
        'is not understood: lease 3 has a sample of class 3, the model has 3.',
        (script) => script.hear({ ...tinyLease(3, 0, 1), values: new Uint8Array(14).fill(3) }),
      ],
      [
        'sent lease 5 while 2 were held, which is the limit.',
        (script) => {
          script.hear(tinyLease(3, 0, 1));
          script.hear(tinyLease(4, 0, 1));
          return script.hear(tinyLease(5, 0, 1)).filter((text) => !text.startsWith('slot'));
        },
      ],
    ];
    for (const [complaint, provoke] of complaints) {
      const script = joined();
      expect(provoke(script)).toEqual([`warn: The coordinator at http://host:1 ${complaint}`, 'disconnect']);
      // What is still on its way is not read.
      expect(script.hear(tinyLease(9, 0, 1))).toEqual([]);
      expect(script.lose('').at(-1)).toBe('connect after 188 ms');
    }
  });

  test('does not take part in a run that it does not understand', () => {
    const script = new Transcript();
    script.on({ type: 'connected' });
    const spec = { ...tinyWelcome.spec, model: { input: [6], layers: [{ type: 'quantum' }], loss: 'mse' } };
    const lines = script.hear({ ...tinyWelcome, spec });
    expect(lines.at(-2)).toBe('disconnect');
    expect(lines.at(-1)).toMatch(
      /^end 2: The run at http:\/\/host:1 is not one that this worker can compute: /,
    );
    expect(lines.at(-1)).toContain('Install the same Shoal release as the coordinator.');
  });

  test('does not take part in a run whose blocks do not make up its data set', () => {
    const script = new Transcript();
    script.on({ type: 'connected' });
    const { train, ...others } = tinyWelcome.data;
    const data = { ...others, train: { ...train, count: 1_000_000 } };
    expect(script.hear({ ...tinyWelcome, data }).at(-1)).toMatch(/^end 2: .*1000000 samples/);
  });

  test('does not take part in a run whose targets its loss does not take', () => {
    // A class read from a float could be any place in an engine's memory.
    const script = new Transcript();
    script.on({ type: 'connected' });
    const { train, ...others } = tinyWelcome.data;
    const data = { ...others, train: { ...train, targets: { dtype: 'f32', shape: [2] } as const } };
    expect(script.hear({ ...tinyWelcome, data }).at(-1)).toMatch(
      /^end 2: .*The targets of the train set are f32 \[2\], but the loss cross_entropy takes u8\./,
    );
  });
});
