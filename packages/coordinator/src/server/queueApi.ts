/** The routes of what waits and of sweeps. `docs/api.md` describes each. */
import type { Context, Hono } from 'hono';
import * as v from 'valibot';
import { bearer, body, decided, type Guard, sendJson } from './apiRequest.ts';
import type { CoordinatorControl, Submitted } from './coordinatorControl.ts';
import { leading } from './standby.ts';

const queueBody = v.variant('action', [
  v.strictObject({ action: v.literal('remove') }),
  v.strictObject({ action: v.literal('move'), place: v.pipe(v.number(), v.integer(), v.minValue(1)) }),
]);
const sweepBody = v.strictObject({ sweep: v.unknown() });

/** 201 where it has begun, 202 where it waits. */
export const submitted = (context: Context, { id, place }: Submitted, name: 'runId' | 'sweep' = 'runId') =>
  context.json({ [name]: id, place }, place === 0 ? 201 : 202);

export function queueRoutes(api: Hono, control: CoordinatorControl, guard: Guard): void {
  api.get('/queue', async (context) => {
    const identity = await bearer(context, guard, 'watch');
    return sendJson(context, guard, identity, control.queue.view);
  });
  api.post('/queue/:id', async (context) => {
    await leading(context, control, guard);
    const id = context.req.param('id');
    const asked = await body(context, queueBody);
    const fact = asked.action === 'move' ? control.queue.move(id, asked.place) : control.queue.remove(id);
    return context.json(decided(await fact));
  });
  api.get('/sweeps', async (context) => {
    const identity = await bearer(context, guard, 'watch');
    return sendJson(context, guard, identity, await control.sweeps.list());
  });
  api.get('/sweeps/:name', async (context) => {
    const identity = await bearer(context, guard, 'watch');
    return sendJson(context, guard, identity, await control.sweeps.view(context.req.param('name')));
  });
  api.post('/sweep', async (context) => {
    await bearer(context, guard, 'control');
    const { sweep } = await body(context, sweepBody);
    return context.json(await control.sweeps.check(sweep));
  });
  api.post('/sweeps', async (context) => {
    await leading(context, control, guard);
    const { sweep } = await body(context, sweepBody);
    return submitted(context, await control.sweeps.start(sweep), 'sweep');
  });
  api.post('/sweeps/:name/resume', async (context) => {
    await leading(context, control, guard);
    return submitted(context, await control.sweeps.resume(context.req.param('name')), 'sweep');
  });
  api.post('/sweeps/:name/stop', async (context) => {
    await leading(context, control, guard);
    return context.json(decided(control.sweeps.stop(context.req.param('name'))));
  });
}
