import { readFileSync } from 'node:fs';
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { type Action, may } from '../access/access.ts';
import { openSignedAccess } from '../access/signedAccess.ts';
import { DEFAULT_ACCESS_LIMITS } from '../limits/limits.ts';
import { WATCH_LIMITS } from '../limits/watchLimits.ts';
import { routeApi } from './api.ts';
import type { CoordinatorControl } from './coordinatorControl.ts';
import { NO_METRICS_ACCESS, routeMetrics } from './metricsRoute.ts';
import { Outbox } from './outbox.ts';
import { PageErrors } from './pageErrors.ts';

const page = readFileSync(new URL('../../../../docs/api.md', import.meta.url), 'utf8');
const views = readFileSync(new URL('../../../core/src/watch/watchMessages.ts', import.meta.url), 'utf8');

/** The rows of the table under a heading, as cells without back quotes. */
function rows(heading: string): string[][] {
  const text = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...text.matchAll(/^\| (`.*)\|$/gm)].map((row) =>
    (row[1] ?? '').split('|').map((cell) => cell.trim().replaceAll('`', '')),
  );
}

const app = new Hono();
const access = await openSignedAccess(null, { worker: null, operator: null });
const visitorOf = () => ({ mayTry: () => null, failed: () => {}, arrive: () => () => {} });
const guard = {
  access,
  visitorOf,
  outbox: new Outbox({ limits: DEFAULT_ACCESS_LIMITS, access, clock: () => 0 }),
};
routeMetrics(app, {
  ...guard,
  metricsAccess: NO_METRICS_ACCESS,
  metrics: { text: () => Promise.reject(new Error('There is no coordinator here.')) },
});
routeApi(app, {
  control: {} as CoordinatorControl,
  blocksPath: '/blocks/',
  ...guard,
  pageErrors: new PageErrors({ limits: DEFAULT_ACCESS_LIMITS, tell: () => {}, clock: () => 0 }),
  pageErrorBytesMax: 4_096,
  onDefect: () => {},
});

test('docs/api.md lists exactly the routes', () => {
  const routes = app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path}`);
  expect(rows('Routes').map(([route]) => route)).toEqual(expect.arrayContaining(routes));
  expect(rows('Routes')).toHaveLength(new Set(routes).size);
});

test('docs/api.md names for each route the least role that it takes', async () => {
  const action: Record<string, Action> = { viewer: 'watch', worker: 'compute', operator: 'control' };
  for (const [route = '', role = ''] of rows('Routes')) {
    const [method = '', path = ''] = route.split(' ');
    if (role === 'none') continue;
    for (const bearer of ['viewer', 'worker', 'operator'] as const) {
      const headers = { authorization: `Bearer ${await access.tokenFor(bearer)}` };
      const { status } = await app.request(path, { method, headers });
      // Behind the check there is no coordinator here, so that whoever is let in meets an error of another kind.
      expect([route, bearer, status === 403]).toEqual([route, bearer, !may(bearer, action[role] as Action)]);
      expect(status).not.toBe(401);
    }
    expect((await app.request(path, { method })).status).toBe(401);
  }
});

test('docs/api.md lists exactly the messages of the feed, with every field', () => {
  const union = views.slice(
    views.indexOf('export type WatchMessage'),
    views.indexOf('export const WATCH_PATH'),
  );
  const messages = union
    .split('readonly type: ')
    .slice(1)
    .map((text) => [
      /^'(\w+)'/.exec(text)?.[1],
      [...text.matchAll(/readonly (\w+):/g)].map(([, name]) => name),
    ]);
  const listed = rows('The feed').map(([name, fields = '']) => [name, fields.split(', ')]);
  expect(listed).toEqual(messages);
});

test('docs/api.md lists exactly the limits', () => {
  const listed = rows('Limits').map(([name, value]) => [name, Number(value)]);
  const { bodyBytesMax } = DEFAULT_ACCESS_LIMITS;
  expect(listed).toEqual(Object.entries({ bodyBytesMax, ...WATCH_LIMITS }));
});
