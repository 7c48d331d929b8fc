import type { ClusterView } from '@shoal/core';
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { openSignedAccess } from '../access/signedAccess.ts';
import { UserError } from '../errors.ts';
import { DEFAULT_ACCESS_LIMITS } from '../limits/limits.ts';
import type { Guard } from './apiRequest.ts';
import { Outbox } from './outbox.ts';
import { leading, lostMeanwhile } from './standby.ts';

/** Answers what was refused, and by which code; `act` is what the operator wants done. */
async function asked(standing: { now: ClusterView['standing']; leader: string | null }, act: () => void) {
  const access = await openSignedAccess(null, { worker: null, operator: null });
  const outbox = new Outbox({ limits: DEFAULT_ACCESS_LIMITS, access, clock: () => 0 });
  const visitor = {
    mayTry: () => null,
    failed: () => {},
    arrive: () => ({ opened: () => {}, closed: () => {} }),
  };
  const guard = { access, outbox, visitorOf: () => visitor } as unknown as Guard;
  const control = {
    get cluster() {
      return { standing: standing.now, leader: standing.leader } as ClusterView;
    },
  };
  const app = new Hono();
  app.onError((error, context) => {
    const { message } = lostMeanwhile(context, control) ?? error;
    return context.text(message);
  });
  app.post('/', async (context) => {
    await leading(context, control, guard);
    act();
    return context.text('done');
  });
  const authorization = `Bearer ${await access.tokenFor('operator')}`;
  const response = await app.request('/', { method: 'POST', headers: { authorization } });
  return response.text();
}

const ELSEWHERE = 'http://10.0.0.6:7465';
const ASK_THERE = `This coordinator stands by: ask the one that leads instead, at ${ELSEWHERE}.`;

test('the one that leads does it, and one that stands by says who leads', async () => {
  expect(await asked({ now: 'leads', leader: null }, () => {})).toBe('done');
  let done = 0;
  const count = (): void => {
    done += 1;
  };
  expect(await asked({ now: 'standsBy', leader: ELSEWHERE }, count)).toBe(ASK_THERE);
  expect(await asked({ now: 'standsBy', leader: null }, count)).toMatch(
    /none is known to lead yet: try again/,
  );
  expect(done).toBe(0);
});

test('what failed because the lead was lost on the way says so, and nothing else does', async () => {
  const full = (): never => {
    throw new UserError('The label cannot be written. Free some space.');
  };
  const standing = { now: 'leads' as ClusterView['standing'], leader: null as string | null };
  expect(await asked(standing, full)).toBe('The label cannot be written. Free some space.');
  const lost = (): never => {
    standing.now = 'standsBy';
    standing.leader = ELSEWHERE;
    return full();
  };
  expect(await asked(standing, lost)).toBe(ASK_THERE);
});
