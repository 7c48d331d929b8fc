/**
 * Hostile requests to a real coordinator's pages, interface and feed, over loopback: none may be a defect, and whoever
 * has no token learns nothing and changes nothing.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPreset } from '@shoal/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { openSignedAccess, type SignedAccess } from '../../packages/coordinator/src/access/signedAccess.ts';
import { TrustedProxies } from '../../packages/coordinator/src/access/trustedProxies.ts';
import { readLimits } from '../../packages/coordinator/src/limits/limits.ts';
import {
  type OpenCoordinator,
  openCoordinator,
} from '../../packages/coordinator/src/service/openCoordinator.ts';
import { Dice } from './dice.ts';

const REQUESTS = 1_500;
const WATCHES = 250;

const METHODS = ['GET', 'POST', 'POST', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'];
const PATHS = [
  ...['/', '/join', '/healthz', '/api', '/api/session', '/api/runs', '/api/presets', '/api/spec'],
  ...['/api/run/pause', '/api/run/resume', '/api/run/stop', '/api/run/finish', '/api/run/parameters'],
  ...['/api/run/data', '/api/access/revoke', '/api/runs/:id', '/api/runs/:id/resume', '/api/workers/:id'],
  ...['/api/runs/:id/label', '/api/runs/:id/delete', '/api/runs/:id/model', '/api/runs/:id/parameters'],
  ...[
    '/api/removed',
    '/api/removed/:id',
    '/api/local/:id',
    '/api/page-errors',
    '/api/queue',
    '/api/queue/:id',
    '/api/sweep',
    '/api/sweeps',
    '/api/sweeps/:id',
    '/api/sweeps/:id/resume',
    '/api/sweeps/:id/stop',
    '/blocks/:id',
    '/assets/:id',
  ],
  ...['/ws', '/watch', '/:id'],
];
const NAMES = [
  ...[
    '..',
    '../../etc/passwd',
    '%2e%2e%2f%2e%2e%2frun.json',
    '%',
    '%00',
    '%ff%fe',
    '__proto__',
    'constructor',
  ],
  ...['0', '-1', '1e9', 'NaN', '9007199254740993', 'a'.repeat(3_000), '%F0%9F%90%9F', "'; drop", '<script>'],
];

/** The message with a few members replaced, added, renamed or lost, at any depth. */
function brokenJson(dice: Dice, value: unknown, depth = 0): unknown {
  if (dice.chance() < 0.15) return anyJson(dice, depth);
  if (Array.isArray(value)) {
    const kept = value.filter(() => dice.chance() < 0.95).map((one) => brokenJson(dice, one, depth + 1));
    return dice.chance() < 0.1 ? [...kept, ...kept] : kept;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(() => dice.chance() < 0.95)
    .map(([key, one]) => [dice.chance() < 0.05 ? dice.pick(NAMES) : key, brokenJson(dice, one, depth + 1)]);
  return Object.fromEntries(entries);
}

function anyJson(dice: Dice, depth: number): unknown {
  const leaf = dice.below(depth > 5 ? 8 : 11);
  if (leaf < 8) {
    return [null, true, -1, 0.5, 1e308, 2 ** 53, dice.pick(NAMES), 'x'.repeat(dice.skewed(5_000))][leaf];
  }
  if (leaf === 8) return Array.from({ length: dice.skewed(40) }, () => anyJson(dice, depth + 1));
  if (leaf === 9) return Object.fromEntries([[dice.pick(NAMES), anyJson(dice, depth + 1)]]);
  return JSON.parse(`${'['.repeat(200)}${']'.repeat(200)}`);
}

describe('the interface and the feed under hostile requests', () => {
  let folder = '';
  let open: OpenCoordinator;
  let access: SignedAccess;
  let origin = '';
  const tokens: (string | null)[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shoal-fuzz-'));
    access = await openSignedAccess(null, { worker: null, operator: null });
    open = await openCoordinator({
      runsFolder: join(folder, 'runs'),
      access,
      host: '127.0.0.1',
      port: 0,
      keptPort: null,
      publicUrl: null,
      tls: null,
      data: { dataFolder: join(folder, 'no-data'), allowDownload: false },
      staysOpen: true,
      spec: null,
      threadsPerWorker: 1,
      logLevel: 'silent',
      network: {
        // Wrong tokens are what this is about.
        limits: readLimits(['addressFailuresMax=1000000', 'addressJoinsMax=1000000']),
        allowOrigins: [],
        proxies: TrustedProxies.none,
      },
    });
    origin = open.addresses.url;
    tokens.push(null, 'wrong', '', await access.tokenFor('viewer'), await access.tokenFor('worker'));
  });
  afterAll(async () => {
    open.coordinator.current?.stop({ type: 'operatorStopped' });
    await open.close();
    await rm(folder, { recursive: true, force: true });
  });

  const bodyOf = (dice: Dice): string => {
    const spec = { ...findPreset('mlp-xor'), epochs: 1 };
    const messages = [{ spec }, { spec: { preset: 'mlp-xor' } }, { action: 'remove' }, { role: 'viewer' }];
    const text = JSON.stringify(brokenJson(dice, dice.pick(messages))) ?? '';
    if (dice.chance() < 0.1) return text.slice(0, dice.below(text.length + 1));
    if (dice.chance() < 0.05) return `${text}${'['.repeat(dice.skewed(60_000))}`;
    return text;
  };

  async function request(dice: Dice, token: string | null): Promise<Response> {
    const path = dice.pick(PATHS).replace(':id', dice.pick(NAMES));
    const query = dice.chance() < 0.1 ? `?${dice.pick(NAMES)}=${dice.pick(NAMES)}` : '';
    const method = dice.pick(METHODS);
    const hasBody = method !== 'GET' && method !== 'HEAD';
    return fetch(`${origin}${path}${query}`, {
      method,
      headers: {
        ...(token !== null && { authorization: dice.chance() < 0.9 ? `Bearer ${token}` : token }),
        ...(dice.chance() < 0.5 && { 'content-type': dice.pick(['application/json', 'text/plain', 'x/y']) }),
      },
      ...(hasBody && { body: bodyOf(dice) }),
    });
  }

  it(`answers ${REQUESTS} of them without a defect, and those without the operator's token change nothing`, async () => {
    const dice = new Dice(21);
    const seen = new Map<number, number>();
    for (let i = 0; i < REQUESTS; i += 1) {
      const response = await request(dice, dice.pick(tokens));
      await response.arrayBuffer();
      seen.set(response.status, (seen.get(response.status) ?? 0) + 1);
      expect(response.status, `request ${i}`).toBeLessThan(500);
    }
    expect([...seen.keys()].sort()).toEqual(expect.arrayContaining([200, 401, 403, 404]));
    expect(open.coordinator.current).toBe(null);
    expect(await readdir(join(folder, 'runs')).catch(() => [])).toEqual([]);
  }, 120_000);

  it("takes the same from the operator's own page without a defect", async () => {
    const dice = new Dice(22);
    const operator = await access.tokenFor('operator');
    const seen = new Set<number>();
    for (let i = 0; i < REQUESTS / 3; i += 1) {
      const response = await request(dice, operator);
      await response.arrayBuffer();
      seen.add(response.status);
      expect(response.status, `request ${i}`).toBeLessThan(500);
    }
    expect([...seen]).toEqual(expect.arrayContaining([200, 400, 404, 409]));
    expect((await fetch(`${origin}/healthz`)).status).toBe(200);
  }, 120_000);

  it(`refuses ${WATCHES} requests to watch that are none, and goes on telling whoever may watch`, async () => {
    const dice = new Dice(23);
    const token = await access.tokenFor('viewer');
    const honest = await watch(JSON.stringify({ type: 'watch', token, have: null }));
    expect(honest.first).toMatchObject({ type: 'snapshot' });
    const good = { type: 'watch', token: 'wrong', have: { runId: 'a', globalStep: 3 } };
    for (let i = 0; i < WATCHES; i += 1) {
      const text =
        dice.chance() < 0.2 ? dice.bytes(dice.skewed(6_000)) : JSON.stringify(brokenJson(dice, good));
      const { socket, first } = await watch(text ?? 'null');
      if (first !== null) expect(first).toMatchObject({ type: 'refused' });
      socket.terminate();
    }
    expect(honest.socket.readyState).toBe(WebSocket.OPEN);
    honest.socket.terminate();
  }, 120_000);

  /** Sends one message and waits for the first answer, or for the end. */
  async function watch(message: string | Uint8Array) {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/watch`);
    socket.on('error', () => {});
    const first = await new Promise<{ type: string } | null>((resolve) => {
      socket.once('open', () => socket.send(message));
      socket.once('message', (data) => resolve(JSON.parse(String(data)) as { type: string }));
      socket.once('close', () => resolve(null));
    });
    return { socket, first };
  }
});
