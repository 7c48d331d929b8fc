import { describe, expect, test } from 'vitest';
import type { ConnectFailure } from '../shell/connectFailure.ts';
import { numbersOf, tinyBlocks, tinyData, tinyLease, tinyWelcome } from '../tinyRun.suite.ts';
import { Addresses } from './addresses.ts';
import { JOINED_1, joined, samplesOf } from './joinedSession.suite.ts';
import { Transcript } from './transcript.suite.ts';

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
    const script = joined(1, { sharesData: true });
    expect(script.on({ type: 'dataLoaded', load: 1, splits: tinyData })).toEqual(['send ready']);
    for (let attempt = 0; attempt < 50; attempt += 1) {
      expect(script.lose('').at(-1)).toMatch(/^connect after \d+ ms$/);
    }
    expect(script.lose('').at(-1)).toBe('connect after 3000 ms');
    expect(script.on({ type: 'connected' })).toEqual(['send hello']);
    expect(script.hear(tinyWelcome)).toEqual([JOINED_1, 'send ready']);
    // Work done, the next break is met with a short wait again.
    expect(script.hear(tinyLease(1, 0, 1, { bare: true }))).toEqual([
      'slot 0: parameters 0',
      `slot 0: job 1, gradient of 0 to 1, samples ${samplesOf(0, 1)}`,
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
    const fetching = script.effects({ type: 'received', message: tinyLease(1, 0, 1, { bare: true }) });
    expect(fetching).toContainEqual(expect.objectContaining({ type: 'fetchBlock', token: 'my-own' }));
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
    // Other data as well: the blocks that are here are of no use any more.
    const fetch = (lines: string[]) => lines.filter((line) => line.startsWith('fetch'));
    const [first] = numbersOf(0, 1, 13);
    const index = Math.floor((first as number) / 14);
    const { train, test: last } = tinyWelcome.data;
    const content = tinyBlocks.get(train.blocks[index]!.sha256)!;
    script.hear(tinyLease(1, 0, 1, { bare: true }));
    script.on({ type: 'blockFetched', round: 1, place: { set: 'train', index }, content });
    script.lose('');
    const join = (data: typeof tinyWelcome.data): void => {
      script.on({ type: 'connected' });
      expect(script.hear({ ...other, data })).toEqual([JOINED_1]);
    };
    join(tinyWelcome.data);
    const asked = `fetch block ${index} of train, round 2`;
    expect(fetch(script.hear(tinyLease(1, 0, 1, { bare: true })))).not.toContain(asked);
    script.lose('');
    join({ ...tinyWelcome.data, validation: last });
    expect(fetch(script.hear(tinyLease(1, 0, 1, { bare: true }))).join()).toContain(
      `block ${index} of train`,
    );
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
});

describe('a session that knows of several coordinators', () => {
  const A = 'http://host:1';
  const B = 'http://host:2';
  const welcome = (term: number, runId = tinyWelcome.runId) => ({
    ...tinyWelcome,
    runId,
    term,
    addresses: [A, `${B}/`],
  });
  const arrive = (script: Transcript, term: number, runId?: string): string[] => {
    script.on({ type: 'connected' });
    return script.hear(welcome(term, runId));
  };

  test('tries them in turn, and waits longer once all have been tried', () => {
    const script = new Transcript();
    arrive(script, 1);
    const waits = Array.from({ length: 5 }, () => script.lose('reset').at(-1));
    expect(waits).toEqual([
      `connect to ${B} after 188 ms`,
      'connect after 188 ms',
      `connect to ${B} after 375 ms`,
      'connect after 375 ms',
      `connect to ${B} after 750 ms`,
    ]);
    expect(script.session.address).toBe(B);
  });

  test('is sent on by one that stands by, before and after it was welcomed, for as long as it takes', () => {
    const script = new Transcript();
    for (let attempt = 0; attempt < 50; attempt += 1) {
      script.on({ type: 'connected' });
      script.hear({ type: 'bye', code: 'standby', message: 'It stands by.', addresses: [B] });
      expect(script.lose('').at(-1)).toMatch(attempt % 2 === 0 ? /^connect to/ : /^connect after/);
    }
    expect(arrive(script, 1)).toContain(
      `info: Joined run tiny-1 at ${script.session.address} with 1 thread of wasm-strict.`,
    );
  });

  test('comes to each of them, whatever the order in which they name each other', () => {
    const script = new Transcript();
    const three = [A, B, 'http://host:3'];
    const visited = Array.from({ length: 6 }, () => {
      const { address } = script.session;
      script.on({ type: 'connected' });
      const others = three.filter((one) => one !== address);
      script.hear({
        type: 'bye',
        code: 'standby',
        message: 'It stands by.',
        addresses: [address, ...others],
      });
      script.lose('');
      return address;
    });
    expect(visited).toEqual([...three, ...three]);
  });

  test('learns of those that come later', () => {
    const script = new Transcript();
    script.on({ type: 'connected' });
    script.hear({ ...tinyWelcome, addresses: [A] });
    expect(script.hear({ type: 'coordinators', addresses: [A, B] })).toEqual([]);
    expect(script.lose('reset').at(-1)).toBe(`connect to ${B} after 188 ms`);
  });

  test('goes back to one that nobody names any more, after all that are named', () => {
    const script = new Transcript();
    arrive(script, 1);
    script.lose('reset');
    script.on({ type: 'connected' });
    // The one that leads by now has not heard of the other, which sleeps.
    script.hear({ ...welcome(2), addresses: [B, 'http://host:3'] });
    const visited = Array.from({ length: 4 }, () => {
      script.lose('reset');
      return script.session.address;
    });
    expect(visited).toEqual(['http://host:3', A, B, 'http://host:3']);
    const addresses = new Addresses(B);
    for (let i = 0; i < 20; i += 1) addresses.learn([`http://host:${10 + i}`]);
    expect(addresses.count).toBe(6);
  });

  test('takes nothing from a coordinator whose term is over', () => {
    const script = new Transcript();
    arrive(script, 3);
    script.lose('reset');
    arrive(script, 4);
    script.lose('reset');
    const overtaken = `warn: The coordinator at ${A} no longer leads this run: its term is 3, and 4 has begun. The worker looks for the one that leads.`;
    expect(arrive(script, 3)).toEqual([overtaken, 'disconnect']);
    expect(script.lose('').at(-1)).toBe(`connect to ${B} after 375 ms`);
    arrive(script, 4);
    expect(script.hear({ ...tinyLease(5, 0, 1), term: 3 })).toEqual([overtaken.replace(A, B), 'disconnect']);
    script.lose('');
    // Of another run nothing is known.
    expect(arrive(script, 1, 'tiny-2')[0]).toMatch(/^info: Joined run tiny-2/);
  });

  test('goes to no address that is none, and from https to no http', () => {
    const told = [
      'http://user:pw@host:3',
      'ftp://host:3',
      'nonsense',
      'http://host:3/#token',
      'http://host:3/?q',
      'https://host:3/shoal/',
      'http://host:4',
    ];
    const learned = (first: string): string[] => {
      const addresses = new Addresses(first);
      addresses.learn(told);
      return Array.from({ length: addresses.count }, () => {
        const { current } = addresses;
        addresses.next();
        return current;
      });
    };
    expect(learned(A)).toEqual([A, 'http://host:4', 'https://host:3/shoal']);
    expect(learned('https://host:1')).toEqual(['https://host:1', 'https://host:3/shoal']);
  });
});
