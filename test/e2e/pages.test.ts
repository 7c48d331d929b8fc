/** How a coordinator hands out its pages, and what it takes from a page that fails. */
import { expect, test } from 'vitest';
import { Cluster } from '../support/cluster.ts';
import { serve } from '../support/serve.ts';
import { perceptron } from '../support/specs.ts';

test('the pages are served with headers that keep them to themselves', async () => {
  const cluster = await Cluster.of(perceptron());
  const { client } = await serve(cluster, 0);
  for (const path of ['/', '/join']) {
    const page = await fetch(`${client.url}${path}`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('cache-control')).toBe('no-cache');
    expect(page.headers.get('content-encoding')).toBe('gzip');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(policy).toContain("frame-ancestors 'self'");
    expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|upgrade-insecure-requests/);
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    // Plain HTTP from another machine must go on working.
    for (const name of [
      'strict-transport-security',
      'cross-origin-opener-policy',
      'cross-origin-embedder-policy',
    ]) {
      expect(page.headers.get(name)).toBeNull();
    }
    const etag = page.headers.get('etag') as string;
    const again = await fetch(`${client.url}${path}`, { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(304);
    // Beside the page, wherever that is served.
    const asset = /(?:src|href)="\.(\/assets\/[^"]+\.js)"/.exec(await page.text())?.[1];
    const script = await fetch(`${client.url}${asset}`);
    expect(script.headers.get('cache-control')).toMatch(/immutable/);
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  }
  for (const path of ['/assets/none.js', '/../package.json', '/..%2fpackage.json', '/favicon.ico']) {
    expect((await fetch(`${client.url}${path}`)).status).toBe(404);
  }
  expect(await client.get('/healthz', null)).toMatchObject({
    status: 200,
    body: { status: 'ok', runId: null },
  });
});

test('a page that fails is told to the log by whoever may watch, as a text, within bounds', async () => {
  const cluster = await Cluster.of(perceptron());
  const { client } = await serve(cluster, 0, ['--limit', 'pageErrorsMax=3', '--log-level', 'silent']);
  const report = { card: 'model-slope', message: 'x is\u001b[2J undefined', at: 'Row (assets/index.js:1:2)' };
  const post = (body: unknown, token?: string | null) => client.post('/api/page-errors', body, token);
  expect(await post(report, null)).toMatchObject({ status: 401 });
  for (const body of [{}, { ...report, card: 'A B' }, { ...report, more: 1 }, 'no json', [report]]) {
    expect(await post(body)).toMatchObject({ status: 400, body: { error: expect.stringMatching(/\.$/) } });
  }
  expect(await post({ ...report, message: 'x'.repeat(5_000) })).toMatchObject({
    status: 413,
    body: { error: 'A report has at most 4096 bytes.' },
  });
  const watching = await client.watch();
  expect(await post(report, client.tokens.viewer)).toMatchObject({ status: 201 });
  const sentence =
    'The part "model-slope" of a page (viewer) failed with "x is\ufffd[2J undefined" at "Row (assets/index.js:1:2)".';
  await watching.until(({ events }) => events.includes(sentence), 'The failure in the log');
  const answers = await Promise.all(Array.from({ length: 50 }, () => post(report, client.tokens.worker)));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(2);
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(48);
});
