import { bytesOf, xxh32 } from '@shoal/core';
import { describe, expect, test } from 'vitest';
import type { ConnectFailure } from '../shell/connectFailure.ts';
import type { ArrayAnswer, SlotAnswer } from '../slot/slotMessages.ts';
import { tinyData, tinyLease, tinyVectorLength, tinyWelcome } from '../tinyRun.suite.ts';
import { Transcript } from './transcript.suite.ts';

const JOINED_1 = 'info: Joined run tiny-1 at http://host:1 with 1 thread of wasm-strict.';

function joined(threads = 1): Transcript {
  const script = new Transcript({ threads });
  script.on({ type: 'connected' });
  script.hear(tinyWelcome);
  return script;
}

function sums(level: number, index: number, count: number, value = 1): ArrayAnswer {
  const vector = new Float32Array(tinyVectorLength).fill(value);
  return { node: { level, index }, finite: true, loss: count / 2, correct: 1, count, vector };
}

const finished = (job: number, ...parts: ArrayAnswer[]): SlotAnswer => ({
  type: 'finished',
  job,
  answers: parts,
  computeMs: 4 * job,
});

const vector = bytesOf(new Float32Array(tinyVectorLength).fill(0.5));
const parameters = (version: number) =>
  ({ type: 'parameters', version, checksum: xxh32(vector), vector }) as const;

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

  test('joins, is probed, fetches the data, computes a lease and ends with the run', () => {
    const script = new Transcript();
    expect(script.on({ type: 'connected' })).toEqual(['send hello']);
    expect(script.hear(tinyWelcome)).toEqual(['start slot 0 with wasm-strict', JOINED_1]);
    expect(script.hear(tinyLease(0, 0, 1, { task: 'probe' }))).toEqual([
      'slot 0: parameters 0',
      'slot 0: job 1, gradient of 0 to 1, samples 0 3',
    ]);
    expect(script.answer(0, finished(1, sums(0, 0, 2)))).toEqual([
      'send partial of lease 0: node 0.0, loss 1, 1 of 2 right, 4 ms',
    ]);
    expect(script.hear({ type: 'counted' })).toEqual(['load blocks 1 from /blocks']);
    expect(script.hear({ type: 'counted' })).toEqual([]);
    expect(script.on({ type: 'blocksLoaded', load: 1, splits: tinyData })).toEqual(['send ready']);
    expect(script.hear({ type: 'ping', nonce: 7 })).toEqual(['send pong 7']);
    expect(script.hear(parameters(1))).toEqual([]);
    expect(script.hear(tinyLease(1, 5, 7, { bare: true, version: 1 }))).toEqual([
      'slot 0: parameters 1',
      'slot 0: job 2, gradient of 5 to 7, samples 30 33 36',
    ]);
    expect(script.answer(0, finished(2, sums(0, 5, 2), sums(1, 3, 1)))).toEqual([
      'send partial of lease 1: node 0.5, loss 1, 1 of 2 right, 8 ms',
      'send partial of lease 1: node 1.3, loss 0.5, 1 of 1 right, 8 ms',
    ]);
    expect(script.hear({ type: 'bye', code: 'finished', message: 'The run is finished.' })).toEqual([
      'disconnect',
    ]);
    expect(script.lose('', 4000)).toEqual(['end 0: The run is finished.']);
    expect(script.session.ended).toBe(true);
  });

  test('splits a lease over its slots and sends the sums of whole nodes', () => {
    const script = joined(2);
    expect(script.hear(tinyLease(1, 0, 7))).toEqual([
      'slot 0: parameters 0',
      'slot 0: job 1, gradient of 0 to 4, samples 0 3 6 9 12 15 18 21',
      'slot 1: parameters 0',
      'slot 1: job 2, gradient of 4 to 7, samples 24 27 30 33 36',
    ]);
    // A second lease waits behind the parts of the first; the slot with less to do gets the first part.
    expect(script.hear(tinyLease(2, 0, 1))).toEqual(['slot 1: job 3, gradient of 0 to 1, samples 0 3']);
    expect(script.answer(1, finished(2, sums(2, 1, 5)))).toEqual([]);
    expect(script.answer(0, finished(1, sums(2, 0, 8)))).toEqual([
      'send partial of lease 1: node 3.0, loss 6.5, 2 of 13 right, 8 ms',
    ]);
    expect(script.answer(1, finished(3, sums(0, 0, 2)))).toEqual([
      'send partial of lease 2: node 0.0, loss 1, 1 of 2 right, 12 ms',
    ]);
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

  test('says which parameters or samples it does not have', () => {
    const script = joined();
    expect(script.hear(tinyLease(1, 0, 1, { version: 4 }))).toEqual([
      'send failed lease 1: unknownVersion, Parameter version 4 is not here.',
    ]);
    expect(script.hear(tinyLease(2, 0, 1, { bare: true }))).toEqual([
      'send failed lease 2: missingSamples, The data set has not been fetched yet and the lease carries no values.',
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
      'slot 0: job 3, gradient of 0 to 1, samples 0 3',
      'slot 1: job 4, gradient of 1 to 2, samples 6 9',
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

describe('a session that finds no connection', () => {
  const failure = (parts: Partial<ConnectFailure> = {}): ConnectFailure => ({
    cause: 'unreachable',
    reason: { type: 'nothingListens', host: 'host:1' },
    isFinal: false,
    retryAfterMs: null,
    ...parts,
  });
  const fail = (script: Transcript, parts: Partial<ConnectFailure> = {}): string[] =>
    script.on({ type: 'notConnected', failure: failure(parts), jitter: 0.5 });

  test('ends with the reason where trying again cannot help, unless it has been in before', () => {
    const expired = {
      cause: 'certificate',
      reason: { type: 'certificateExpired', host: 'host:1' },
      isFinal: true,
    } as const;
    expect(fail(new Transcript(), expired)).toEqual([
      'end 2: The certificate of host:1 has expired. The operator has to renew it; or the clock of this machine is wrong.',
    ]);
    const script = joined();
    script.lose('');
    for (let attempt = 0; attempt < 50; attempt += 1) {
      expect(fail(script, expired).at(-1)).toMatch(/^connect after \d+ ms$/);
    }
  });

  test('gives up after eight attempts where nothing answers', () => {
    const script = new Transcript();
    for (let attempt = 1; attempt < 8; attempt += 1) expect(fail(script).at(-1)).toMatch(/^connect after/);
    expect(fail(script)).toEqual([
      'end 1: The coordinator at http://host:1 cannot be reached: Nothing listens at host:1. Check the address, ' +
        'that the coordinator is running, and that no firewall stands between.',
    ]);
  });

  test('waits for as long as whoever answers asks it to, within reason, and as often as it takes', () => {
    const script = new Transcript();
    const reason = { type: 'coordinatorBusy', origin: 'http://host:1', status: 503, said: null } as const;
    const busy = { cause: 'busy', reason } as const;
    for (let attempt = 0; attempt < 50; attempt += 1) {
      expect(fail(script, { ...busy, retryAfterMs: 60_000 })).toEqual([
        'warn: No connection to the coordinator at http://host:1: What answers at http://host:1 is busy (503). Trying again in 60.2 s.',
        'connect after 60188 ms',
      ]);
    }
    expect(fail(script, { ...busy, retryAfterMs: 0 }).at(-1)).toBe('connect after 188 ms');
    expect(fail(script, { ...busy, retryAfterMs: 1e12 }).at(-1)).toBe('connect after 600188 ms');
  });
});

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
    fitting.hear(tinyWelcome);
    const lines: string[] = [];
    for (let lease = 1; lease <= 2; lease += 1) {
      // A step of 2,000 samples, all asked of one worker.
      const numbers = new Uint32Array(200);
      const values = new Uint8Array(200 * 7);
      const wide = {
        ...tinyLease(lease, 0, 1),
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

describe('a session that cannot go on with a connection', () => {
  test('gives up after eight attempts to reach a coordinator that never answered', () => {
    const script = new Transcript();
    const waits: number[] = [];
    for (let attempt = 1; attempt < 8; attempt += 1) {
      const last = script.lose('connect ECONNREFUSED 10.0.0.9:1').at(-1) as string;
      waits.push(Number(/after (\d+) ms/.exec(last)?.[1]));
    }
    expect(waits).toEqual([188, 375, 750, 1500, 3000, 3000, 3000]);
    expect(script.lose('connect ECONNREFUSED 10.0.0.9:1')).toEqual([
      'end 1: The coordinator at http://host:1 cannot be reached: connect ECONNREFUSED 10.0.0.9:1. Check the address, ' +
        'that the coordinator is running, and that no firewall stands between.',
    ]);
  });

  test('comes back for ever once it has joined, with its slots and data as they are', () => {
    const script = joined();
    script.on({ type: 'blocksLoaded', load: 1, splits: tinyData });
    for (let attempt = 0; attempt < 50; attempt += 1) {
      expect(script.lose('').at(-1)).toMatch(/^connect after \d+ ms$/);
    }
    expect(script.lose('').at(-1)).toBe('connect after 3000 ms');
    expect(script.on({ type: 'connected' })).toEqual(['send hello']);
    expect(script.hear(tinyWelcome)).toEqual([JOINED_1, 'send ready']);
    // Work done, the next break is met with a short wait again.
    expect(script.hear(tinyLease(1, 0, 1, { bare: true }))).toEqual([
      'slot 0: parameters 0',
      'slot 0: job 1, gradient of 0 to 1, samples 0 3',
    ]);
    expect(script.lose('')).toEqual([
      'slot 0: cancel job 1',
      'warn: No connection to the coordinator at http://host:1: The connection was closed. Trying again in 0.2 s.',
      'connect after 188 ms',
    ]);
  });

  test('shows its own credential once it has one, and the join token again when that no longer holds', () => {
    const script = new Transcript();
    const tokens: string[] = [];
    const connect = (): void => {
      for (const effect of script.effects({ type: 'connected' })) {
        if (effect.type === 'send' && effect.message.type === 'hello') tokens.push(effect.message.token);
      }
    };
    connect();
    script.hear({ ...tinyWelcome, credential: 'my-own' });
    const fetching = script.effects({ type: 'received', message: { type: 'counted' } });
    expect(fetching).toContainEqual(expect.objectContaining({ type: 'loadBlocks', token: 'my-own' }));
    script.lose('The line broke', 1006);
    connect();
    // A welcome without a new one leaves it as it is.
    script.hear(tinyWelcome);
    script.lose('The line broke', 1006);
    connect();
    script.hear({ type: 'bye', code: 'badToken', message: 'That link has expired.' });
    expect(script.lose('', 4001)).toEqual(['connect after 188 ms']);
    connect();
    expect(tokens).toEqual(['secret', 'my-own', 'my-own', 'secret']);
    script.hear({ type: 'bye', code: 'badToken', message: 'That link has expired.' });
    expect(script.lose('', 4001)).toEqual(['end 2: That link has expired.']);
  });

  test('does not come back once its credential is revoked', () => {
    const script = new Transcript();
    script.on({ type: 'connected' });
    script.hear({ ...tinyWelcome, credential: 'my-own' });
    script.hear({ type: 'bye', code: 'revoked', message: 'You were asked to leave.' });
    expect(script.lose('', 4016)).toEqual(['end 2: You were asked to leave.']);
  });

  test('starts anew when the coordinator it comes back to has another run', () => {
    const script = joined();
    script.lose('');
    script.on({ type: 'connected' });
    const other = { ...tinyWelcome, spec: { ...tinyWelcome.spec, seed: 12 } };
    expect(script.hear(other)).toEqual(['start slot 0 with wasm-strict', JOINED_1]);
    // Other data as well: what is being fetched is not wanted any more.
    script.hear({ type: 'counted' });
    script.lose('');
    script.on({ type: 'connected' });
    const { train } = tinyWelcome.data;
    const data = { ...tinyWelcome.data, validation: train };
    expect(script.hear({ ...other, data })).toEqual(['stop loading', JOINED_1]);
    expect(script.hear({ type: 'counted' })).toEqual(['load blocks 2 from /blocks']);
  });

  test('obeys the reason it is sent away with, also when only the close code arrives', () => {
    for (const [code, number, end] of [
      ['badToken', 4001, /^end 2: /],
      ['replaced', 4008, /^end 2: /],
      ['finished', 4000, /^end 0: /],
      ['removed', 4011, /^end 2: /],
      ['shutdown', 4009, /^connect after /],
    ] as const) {
      const told = joined();
      told.hear({ type: 'bye', code, message: 'Because.' });
      const lines = told.lose('', number);
      expect(lines.at(-1)).toMatch(end);
      expect(lines.join('\n')).toContain('Because.');
      expect(joined().lose('x', number).at(-1)).toMatch(end);
    }
  });

  test('waits between runs for as long as it takes, without a word for each attempt', () => {
    const script = new Transcript();
    const ask = (): string[] => {
      script.on({ type: 'connected' });
      script.hear({ type: 'bye', code: 'betweenRuns', message: 'No run is going on.' });
      return script.lose('', 4012);
    };
    expect(ask()).toEqual([
      'info: No run is going on. This worker waits for the next run.',
      'connect after 188 ms',
    ]);
    for (let attempt = 0; attempt < 50; attempt += 1)
      expect(ask()).toEqual([expect.stringMatching(/^connect/)]);
    // It has never been welcomed, and yet a coordinator that goes away is not given up.
    expect(script.lose('connect ECONNREFUSED')).toEqual([
      'warn: No connection to the coordinator at http://host:1: connect ECONNREFUSED. Trying again in 3.0 s.',
      'connect after 3000 ms',
    ]);
    for (let attempt = 0; attempt < 50; attempt += 1) {
      expect(script.lose('connect ECONNREFUSED')).toEqual(['connect after 3000 ms']);
    }
    expect(ask()[0]).toBe('info: No run is going on. This worker waits for the next run.');
    script.on({ type: 'connected' });
    expect(script.hear(tinyWelcome)).toContain(JOINED_1);
    expect(script.lose('The line broke')[0]).toMatch(/^warn: No connection .* The line broke\./);
  });

  test('meets silence with a new connection', () => {
    const script = joined();
    script.now = 20_000;
    expect(script.on({ type: 'tick' })).toEqual([]);
    script.hear({ type: 'ping', nonce: 1 });
    script.now = 40_001;
    expect(script.on({ type: 'tick' })).toEqual([
      'warn: The coordinator at http://host:1 has said nothing for 20 s. The worker connects again.',
      'disconnect',
    ]);
    expect(script.on({ type: 'tick' })).toEqual([]);
    expect(script.lose('').at(-1)).toBe('connect after 188 ms');
  });

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
        (script) => script.hear({ type: 'parameters', version: 1, checksum: 0, vector: new Uint8Array(8) }),
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
        'is not understood: lease 3 names 2 samples for 2 leaves of 2.',
        (script) => script.hear({ ...tinyLease(3, 0, 1), to: 2 }),
      ],
      [
        'is not understood: lease 3 names a sample beyond the 40 of the train set.',
        (script) => script.hear({ ...tinyLease(3, 0, 1), samples: bytesOf(Uint32Array.of(0, 40)) }),
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
