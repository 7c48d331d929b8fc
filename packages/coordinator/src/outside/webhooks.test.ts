import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sentence } from '@shoal/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type News, NewsStream } from '../news/news.ts';
import { signatureOf, signingKey } from './signature.ts';
import { WEBHOOK_BOUNDS, Webhooks } from './webhooks.ts';

const SECRET = 'a-secret-of-the-lab';

type Received = { readonly headers: IncomingHttpHeaders; readonly body: string; readonly path: string };

/** Answers as told, 204 once that is used up. `hang`: never. */
class Receiver {
  readonly received: Received[] = [];
  readonly answers: (number | 'hang')[] = [];
  readonly server: Server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    this.received.push({ headers: request.headers, body, path: request.url ?? '' });
    const answer = this.answers.shift() ?? 204;
    if (answer === 'hang') return;
    if (answer >= 300 && answer < 400) response.setHeader('location', '/elsewhere');
    response.writeHead(answer).end();
  });

  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook/path-secret`;
  }

  get types(): string[] {
    return this.received.map(({ body }) => JSON.parse(body).type);
  }
}

const receivers: Receiver[] = [];
let news: NewsStream;
let notices: string[];
let waits: number[];
let now: number;
let url = '';
let receiver: Receiver;

beforeEach(async () => {
  news = new NewsStream();
  notices = [];
  waits = [];
  now = 1_800_000_000_500;
  [receiver, url] = await another();
});
afterEach(() => {
  for (const { server } of receivers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function another(): Promise<[Receiver, string]> {
  const made = new Receiver();
  receivers.push(made);
  return [made, await made.listen()];
}

/** Waiting takes no time and is noted; the clock goes on by it. */
function webhooks(urls: readonly string[], bounds: Partial<typeof WEBHOOK_BOUNDS> = {}): Webhooks {
  let id = 0;
  return new Webhooks({
    ...{ urls, secret: SECRET, version: '1.2.3', news, jitter: () => 1, now: () => now },
    newId: () => {
      id += 1;
      return String(id);
    },
    notice: (fact) => notices.push(sentence(fact, 'en')),
    wait: async (ms) => {
      waits.push(ms);
      now += ms;
    },
    bounds: { ...WEBHOOK_BOUNDS, ...bounds },
  });
}

const begin = (): void => news.publish({ type: 'run', runId: 'r-1', spec: { name: 'r' } } as unknown as News);
const end = (state = 'finished'): void =>
  news.publish({ type: 'result', state, reason: 'All is done.', epochs: 2, steps: 9 } as unknown as News);
const left = (workers: number): void =>
  news.publish({ type: 'worker', event: 'left', name: 'ada', reason: '', workers });

test('the end of a run is told with what it is, signed with the time', async () => {
  const hooks = webhooks([url]);
  begin();
  end();
  await hooks.close(60_000);
  const [{ headers, body, path } = { headers: {}, body: '', path: '' }] = receiver.received;
  expect(path).toBe('/hook/path-secret');
  expect(JSON.parse(body)).toMatchObject({
    ...{ type: 'runEnded', runId: 'r-1', name: 'r', message: 'All is done.', state: 'finished', steps: 9 },
    timestamp: '2027-01-15T08:00:00.500Z',
  });
  expect(headers).toMatchObject({ 'webhook-id': 'msg_1', 'webhook-timestamp': '1800000000' });
  const expected = createHmac('sha256', SECRET).update(`msg_1.1800000000.${body}`).digest('base64');
  expect(headers['webhook-signature']).toBe(`v1,${expected}`);
  expect(notices).toEqual([]);
});

test('a signature is that of the example of the Standard Webhooks specification', () => {
  const key = signingKey('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
  const body = '{"test": 2432232314}';
  const signed = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1614265330, body };
  expect(signatureOf(key, signed)).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test('divergence, a conviction and that nobody is left are told, each once and in order', async () => {
  const hooks = webhooks([url]);
  left(0);
  begin();
  left(1);
  left(0);
  const fact = { type: 'convicted', name: 'eve', step: 3, from: 0, to: 2 } as const;
  news.publish({ type: 'trust', level: 'warn', facts: [fact] });
  end('diverged');
  left(0);
  await hooks.close(60_000);
  expect(receiver.types).toEqual(['noWorkerLeft', 'workerConvicted', 'runDiverged']);
});

test('one that fails is tried again with longer and longer waits, signed anew, before the next is told', async () => {
  receiver.answers.push(500, 503, 429, 204);
  const hooks = webhooks([url]);
  begin();
  left(0);
  end();
  await hooks.close(60_000);
  expect(receiver.types).toEqual([
    'noWorkerLeft',
    'noWorkerLeft',
    'noWorkerLeft',
    'noWorkerLeft',
    'runEnded',
  ]);
  expect(waits).toEqual([1_000, 2_000, 4_000]);
  const stamps = receiver.received.map(({ headers }) => Number(headers['webhook-timestamp']) - 1_800_000_000);
  expect(stamps).toEqual([0, 1, 3, 7, 7]);
  expect(new Set(receiver.received.slice(0, 4).map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect(notices).toEqual([]);
});

test('after so many attempts it is given up and said once, without path and secret; others are told', async () => {
  const [other, otherUrl] = await another();
  receiver.answers.push(500, 500, 500);
  const hooks = webhooks([url, otherUrl], { attemptsMax: 3 });
  begin();
  end();
  await hooks.close(60_000);
  expect(receiver.received).toHaveLength(3);
  expect(other.types).toEqual(['runEnded']);
  expect(notices).toHaveLength(1);
  expect(notices[0]).toMatch(
    /^The webhook at 127\.0\.0\.1:\d+ was not told of runEnded \(it answered 500\): /,
  );
  expect(notices[0]).not.toMatch(/secret/);
});

test.each([
  [302, 'it answered 302, and redirects are not followed'],
  [404, 'it answered 404'],
  [410, 'it answered 410'],
])('what answers %i is not asked again', async (status, why) => {
  receiver.answers.push(status);
  const hooks = webhooks([url]);
  begin();
  end();
  await hooks.close(60_000);
  expect(receiver.received.map(({ path }) => path)).toEqual(['/hook/path-secret']);
  expect(notices[0]).toContain(`(${why})`);
});

test('nobody who listens, and one who never answers, are given up', async () => {
  const [silent, silentUrl] = await another();
  silent.answers.push('hang', 'hang');
  receiver.server.close();
  const hooks = webhooks([url, silentUrl], { attemptsMax: 2, answerMs: 2_000 });
  begin();
  end();
  await hooks.close(60_000);
  expect(notices).toHaveLength(2);
  expect(notices.join('\n')).toMatch(/ECONNREFUSED/);
  expect(notices.join('\n')).toMatch(/timeout/i);
});

test('the end of the process does not wait for ever', async () => {
  receiver.answers.push('hang');
  const hooks = webhooks([url]);
  begin();
  end();
  await hooks.close(30);
  expect(notices).toHaveLength(1);
});

test('no more wait than may', async () => {
  const hooks = webhooks([url], { queueMax: 2 });
  begin();
  for (let i = 0; i < 4; i += 1) left(0);
  expect(notices.filter((notice) => notice.includes('2 messages wait for it'))).toHaveLength(2);
  await hooks.close(60_000);
  expect(receiver.received).toHaveLength(2);
});
