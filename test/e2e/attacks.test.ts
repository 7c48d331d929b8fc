/**
 * Attacks on a coordinator's network side while it trains with one honest worker: each is turned away by a limit with a
 * name, the run goes on all the while, memory stays bounded, and the bits at the end are those of peace.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { KERNEL_BUILD } from '@shoal/core';
import { expect, test } from 'vitest';
import { Dice } from '../fuzz/dice.ts';
import { anyFrame, giant, nested, type Words } from '../fuzz/grammar.ts';
import {
  attack,
  frameHeader,
  HANDSHAKE,
  OTHER_ADDRESS,
  refusal,
  residentMegabytes,
  tcp,
} from '../support/attacker.ts';
import { Cluster, isWorker } from '../support/cluster.ts';
import { CoordinatorClient } from '../support/coordinatorClient.ts';
import { exactWork } from '../support/exactCompute.ts';
import { answersTo, ForeignWorker, helloWith, type Message } from '../support/foreignWorker.ts';
import { pack } from '../support/messagePack.ts';
import { perceptron } from '../support/specs.ts';

const LIMITS = {
  addressConnectionsMax: 60,
  addressFailuresMax: 20,
  addressJoinsMax: 250,
  headersTimeoutMs: 2_000,
  requestTimeoutMs: 3_000,
  helloTimeoutMs: 10_000,
  heartbeatMs: 500,
  silenceMs: 60_000,
  probeTimeoutMs: 10_000,
  unansweredMs: 10_000,
  bodyBytesMax: 10_000,
};
/** Each attack comes from an address of its own, so that none has to wait until the counts of another are forgotten. */
const [SLOW, FLOODER, JOINER, GUESSER] = ['127.0.3.1', '127.0.3.2', '127.0.3.3', '127.0.3.4'];
/** By then every limit on time has closed what it should; without it, Node.js would take this minute or five. */
const CLOSED_MS_MAX = 60_000;
/** What a coordinator may take beside what it had before the attacks. */
const MEMORY_RISE_MAX = 150;

test.skipIf(process.platform !== 'linux')(
  'no attack ends the run, changes its bits or takes memory without bound',
  async () => {
    const cluster = await Cluster.of(perceptron({ epochs: 500, checkpoint: { everySteps: 1_000 } }));
    const alone = await cluster.alone();
    const settings = Object.entries(LIMITS).flatMap(([name, value]) => ['--limit', `${name}=${value}`]);
    // Slow enough for the run to last as long as the attacks do.
    const coordinator = cluster.train(0, [...settings, '--log-level', 'trace', '--pace', '5']);
    const url = await coordinator.joinUrl();
    const { origin } = new URL(url);
    const token = decodeURIComponent(new URL(url).hash.slice(1));
    const work = await exactWork(cluster.spec);
    const honest = await ForeignWorker.connect(url);
    honest.versions.set(0, work.initial);
    honest.onMessage((message) => {
      if (message.type !== 'lease') return;
      for (const answer of answersTo(message, honest, work.compute)) honest.send(answer);
    });
    honest.send(helloWith(url, { kernels: KERNEL_BUILD, name: 'honest' }));

    let addresses = 0;
    /** An address that has done nothing yet. */
    const fresh = (): string => {
      addresses += 1;
      return `127.0.${4 + Math.floor(addresses / 250)}.${1 + (addresses % 250)}`;
    };
    let count = 0;
    const hello = (fields: Message = {}): Buffer => {
      count += 1;
      const identity = `attacker-${count}`;
      return Buffer.from(
        pack(helloWith(url, { kernels: KERNEL_BUILD, identity, name: identity, ...fields })),
      );
    };
    /** The run is at a later epoch than it was when this was asked. */
    const goesOn = async (during: string): Promise<void> => {
      expect(coordinator.isRunning, during).toBe(true);
      const epochs = coordinator.lines.filter(({ type }) => type === 'epoch').length;
      await coordinator.line(
        (line) => line.type === 'result' || (line.type === 'epoch' && Number(line.epoch) > epochs),
        `An epoch during ${during}`,
      );
    };
    const noticed = (sentence: RegExp) =>
      coordinator.line(
        (line) => line.type === 'notice' && sentence.test(String(line.message)),
        `A notice like ${sentence}`,
      );
    await coordinator.line((line) => line.type === 'epoch' && line.epoch === 3, 'The first epochs');
    const before = residentMegabytes(coordinator.pid);
    let highest = before;
    const sampling = setInterval(() => {
      if (coordinator.isRunning) highest = Math.max(highest, residentMegabytes(coordinator.pid));
    }, 100);

    // Slow ones: they say a little now and then, and are not waited for.
    const slowHttp = await Promise.all(Array.from({ length: 60 }, () => tcp(origin, SLOW)));
    for (const { socket } of slowHttp) socket.write('GET /healthz HTTP/1.1\r\nHost: here\r\nX-Slow: ');
    const slowBody = await tcp(origin, SLOW);
    slowBody.socket.write('POST /api/runs HTTP/1.1\r\nHost: here\r\nContent-Length: 9000\r\n\r\n{');
    const slowHello = await tcp(origin, SLOW);
    slowHello.socket.write(HANDSHAKE);
    slowHello.socket.write(frameHeader(200, { first: true, last: true }));
    const mute = await tcp(origin, SLOW);
    const drip = setInterval(() => {
      for (const { socket } of [...slowHttp, slowBody, slowHello]) if (socket.writable) socket.write('a');
    }, 300);
    expect((await fetch(`${origin}/healthz`)).status).toBe(200);
    await goesOn('slow requests');
    for (const one of [...slowHttp, slowBody, slowHello, mute])
      expect(await one.closedAfterMs).toBeLessThan(CLOSED_MS_MAX);
    clearInterval(drip);

    // A flood of joins from one address: some stay, the others are told why; another address is not touched by it.
    const flood = await Promise.all(Array.from({ length: 200 }, () => attack(origin, FLOODER)));
    // Who comes first is chance.
    let turnedAway = 0;
    for (const { ended } of flood) {
      void ended.then(({ code, bye }) => {
        if (code === 4014 && bye?.code === 'tooMany') turnedAway += 1;
      });
    }
    await expect.poll(() => turnedAway).toBe(flood.length - LIMITS.addressConnectionsMax);
    await noticed(/limit addressConnectionsMax/);
    expect((await attack(origin, fresh())).socket.readyState).toBe(1);
    for (const { socket } of flood) socket.terminate();
    await goesOn('a flood of connections');
    const statuses: number[] = [];
    for (let i = 0; i < LIMITS.addressJoinsMax + 5; i += 1) {
      // A handshake that cannot succeed, but an attempt.
      const { socket, closedAfterMs, heard } = await tcp(origin, JOINER);
      socket.write(HANDSHAKE.replace('Sec-WebSocket-Version: 13', 'Sec-WebSocket-Version: 7'));
      await closedAfterMs;
      statuses.push(Number(heard().split(' ')[1]));
    }
    expect([400, 426]).toContain(statuses.at(0));
    expect(statuses.at(-1)).toBe(429);

    // Guessing tokens.
    const guesses: string[] = [];
    for (let i = 0; i < LIMITS.addressFailuresMax + 5; i += 1) {
      const { socket, ended } = await attack(origin, GUESSER);
      socket.send(hello({ token: `guess-${i}` }));
      guesses.push(String((await ended).bye?.code));
    }
    expect(guesses.slice(0, 3)).toEqual(['badToken', 'badToken', 'badToken']);
    expect(guesses.at(-1)).toBe('tooMany');
    const right = await attack(origin, GUESSER);
    right.socket.send(hello());
    expect((await right.ended).bye).toMatchObject({ code: 'tooMany' });

    // A token where logs would keep it, and pages of others.
    expect(await refusal(`${origin}/ws?token=${token}`)).toMatchObject({
      status: 400,
      text: expect.stringMatching(/does not belong into the address/),
    });
    const inQuery = await fetch(`${origin}/healthz?access_token=${token}`);
    expect(inQuery.status).toBe(400);
    expect(await inQuery.json()).toEqual({ error: expect.stringMatching(/header "Authorization: Bearer"/) });
    const evil = { origin: 'https://evil.example' };
    expect(await (await attack(origin, OTHER_ADDRESS, evil)).ended).toMatchObject({
      bye: { code: 'badOrigin' },
    });
    const elsewhere = await fetch(`${origin}/api/session`, { headers: evil });
    expect(elsewhere.status).toBe(403);
    // What anybody may know is not read by another page either.
    const open = await fetch(`${origin}/healthz`, { headers: evil });
    expect(open.headers.get('access-control-allow-origin')).toBe(null);
    const fromHere = await fetch(`${origin}/healthz`, { headers: { origin } });
    expect(fromHere.headers.get('content-security-policy')).toMatch(/frame-ancestors 'self'/);
    expect(fromHere.headers.get('referrer-policy')).toBe('no-referrer');
    expect(fromHere.headers.get('x-content-type-options')).toBe('nosniff');

    // Breaking off in the middle of a refusal.
    for (let i = 0; i < 50; i += 1) {
      const { socket } = await tcp(origin);
      socket.write(HANDSHAKE.replace('/ws', '/other'));
      socket.resetAndDestroy();
    }

    // Giants, and what decodes to giants, before and after a right hello.
    const dice = new Dice(11);
    const greeted = async (): Promise<Awaited<ReturnType<typeof attack>>> => {
      const one = await attack(origin, fresh());
      one.socket.send(hello());
      await one.answered;
      return one;
    };
    for (const frame of [
      Buffer.alloc(64 * 2 ** 20),
      ...Array.from({ length: 10 }, () => giant(dice)),
      Buffer.from(nested(dice, 100_000)),
      Buffer.from('82a474797065a57265616479a95f5f70726f746f5f5f81a8706f6c6c75746564c3', 'hex'),
    ]) {
      for (const one of [await attack(origin, fresh()), await greeted()]) {
        one.socket.send(frame);
        expect([4002, 1009, 1006]).toContain((await one.ended).code);
      }
    }
    // A message in pieces that never ends.
    const pieces = await tcp(origin);
    pieces.socket.write(HANDSHAKE);
    for (let i = 0; i < 200; i += 1) {
      if (!pieces.socket.writable) break;
      pieces.socket.write(frameHeader(60_000, { first: i === 0, last: false }));
      pieces.socket.write(Buffer.alloc(60_000));
      await sleep(1);
    }
    expect(await pieces.closedAfterMs).toBeLessThan(CLOSED_MS_MAX);
    await goesOn('giants');

    // Too many messages of a right form.
    const chatter = await greeted();
    for (let i = 0; i < 5_000; i += 1) chatter.socket.send(pack({ type: 'pong', nonce: i }));
    expect(await chatter.ended).toMatchObject({ code: 4015, bye: { code: 'tooFast' } });
    const pings = await greeted();
    for (let i = 0; i < 5_000; i += 1) pings.socket.ping();
    expect([4015, 1006]).toContain((await pings.ended).code);
    await noticed(/messages came than/);

    // Hostile frames of every kind, and bytes that are no frames.
    const messages: Words[] = [{ type: 'ready' }, helloWith(url, { identity: 'attacker-x' }) as Words];
    for (let i = 0; i < 150; i += 1) {
      const one = i % 2 === 0 ? await attack(origin, fresh()) : await greeted();
      for (let frame = 0; frame < 10; frame += 1) {
        if (one.socket.readyState === 1) one.socket.send(anyFrame(dice, messages));
      }
      one.socket.close();
    }
    for (let i = 0; i < 150; i += 1) {
      const { socket } = await tcp(origin);
      if (i % 2 === 0) socket.write(HANDSHAKE);
      socket.end(dice.bytes(dice.skewed(2_000)));
    }
    await goesOn('noise');

    // Takes what it is given and neither reads nor answers. It is gone after a limit, and its connection with it.
    const deaf = await greeted();
    deaf.socket.pause();
    const deafName = `attacker-${count}`;
    const lazy = await greeted();
    expect(await lazy.ended).toMatchObject({ code: 4010, bye: { code: 'unanswered' } });
    await coordinator.line(isWorker('left', deafName), 'The end of the one that does not read');
    await goesOn('leases without an answer');

    const large = await fetch(`${origin}/api/runs`, { method: 'POST', body: 'x'.repeat(20_000) });
    expect(large.status).toBe(413);
    const fields = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`x-${i}`, 'y'.repeat(100)]));
    expect((await fetch(`${origin}/healthz`, { headers: fields })).status).toBe(431);

    clearInterval(sampling);
    expect(
      coordinator.lines.some(({ type }) => type === 'result'),
      'The run did not last',
    ).toBe(false);
    const client = await CoordinatorClient.of(coordinator);
    expect((await client.post('/api/run/pace', { stepsPerSecond: null })).status).toBe(200);
    console.log(
      `Resident memory: ${before.toFixed(0)} MB before the attacks, at most ${highest.toFixed(0)} MB in them.`,
    );
    expect(highest - before, 'megabytes').toBeLessThan(MEMORY_RISE_MAX);
    expect(await coordinator.result()).toMatchObject({
      state: 'finished',
      parametersSha256: alone.parametersSha256,
    });
    expect(await coordinator.end()).toMatchObject({ code: 0 });
    expect(coordinator.errors).not.toMatch(/defect|^\s+at /m);
    // The log at its most talkative names no address and no token.
    expect(coordinator.errors).not.toMatch(/127\.0\.(?!0\.1\b)/);
    expect(coordinator.errors).not.toContain(token);
    expect(coordinator.errors).not.toMatch(/guess-\d/);
  },
);
