/**
 * The HTTP interface: JSON in and out, a bearer token with every request, errors as `{ "error": "<sentence>" }`, with
 * `facts` beside it where there are any.
 * `docs/api.md` describes each route.
 */
import { LOCAL_ACTIONS, PACE_MAX, PACE_MIN, presets } from '@shoal/core';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import * as v from 'valibot';
import { type Action, type Identity, may } from '../access/access.ts';
import { isForThePerson } from '../errors.ts';
import {
  bearer,
  body,
  decided,
  factsOf,
  type Guard,
  RETRY_AFTER_S,
  Refusal,
  refuse,
  send,
  sendJson,
} from './apiRequest.ts';
import { ControlError, type CoordinatorControl } from './coordinatorControl.ts';
import { type PageErrors, pageErrorBody } from './pageErrors.ts';
import { publicDetail } from './publicView.ts';
import { queueRoutes, submitted } from './queueApi.ts';
import { runQuery } from './runQuery.ts';
import { leading, lostMeanwhile } from './standby.ts';

export type ApiOptions = Guard & {
  readonly control: CoordinatorControl;
  /** Where blocks of the data set are, with a slash at its end. */
  readonly blocksPath: string;
  readonly pageErrors: PageErrors;
  /** Of one report of a page's failure. */
  readonly pageErrorBytesMax: number;
  /** What went wrong that should not; the request is answered with 500. */
  readonly onDefect: (error: Error) => void;
};

const specBody = v.strictObject({ spec: v.unknown() });
const workerBody = v.strictObject({ action: v.picklist(['pause', 'continue', 'drain', 'remove']) });
const localBody = v.strictObject({
  action: v.picklist(LOCAL_ACTIONS),
  unchecked: v.optional(v.boolean(), false),
});
const trustBody = v.strictObject({ spotCheck: v.optional(v.unknown()), quorum: v.optional(v.unknown()) });
const paceBody = v.strictObject({
  stepsPerSecond: v.nullable(v.pipe(v.number(), v.minValue(PACE_MIN), v.maxValue(PACE_MAX))),
});
const revokeBody = v.strictObject({ role: v.picklist(['worker', 'viewer', 'gateway']) });
/** A name of the page's; what no page knows is shown nowhere. */
const lectureBody = v.strictObject({
  scene: v.optional(v.nullable(v.pipe(v.string(), v.regex(/^[a-z-]{1,40}$/)))),
  ranking: v.optional(v.boolean()),
});
const labelBody = v.strictObject({
  name: v.optional(v.string()),
  tags: v.optional(v.array(v.string())),
  notes: v.optional(v.string()),
  archived: v.optional(v.boolean()),
});
const letInBody = v.strictObject({ action: v.literal('letIn') });
const addBody = v.strictObject({ action: v.literal('add') });

/** Content never changes under its hash, so browsers may keep it for ever. */
const BLOCK_HEADERS = {
  'content-type': 'application/octet-stream',
  vary: 'accept-encoding',
  'cache-control': 'private, max-age=31536000, immutable',
};

const STANDS_BY = 'This coordinator stands by; the one that leads has the data.';
const DEFECT = 'Something went wrong that should not; the log of the coordinator says what.';

export function routeApi(app: Hono, options: ApiOptions): void {
  const { control, blocksPath, onDefect } = options;
  app.onError((error, context) => {
    onDefect(error);
    return context.text(`${DEFECT}\n`, 500);
  });
  app.get('/healthz', (context) =>
    context.json({
      ...{ status: 'ok', version: control.version, runId: control.run?.runId ?? null },
      ...(control.cluster !== null && { cluster: control.cluster }),
    }),
  );
  app.get(`${blocksPath}:sha256`, async (context) => {
    try {
      const identity = await bearer(context, options, 'data');
      const sha256 = context.req.param('sha256') ?? '';
      if (identity.role === 'viewer' && !control.bytes.isShown(sha256)) {
        return context.text('A link to watch opens those samples alone that a page shows.\n', 403);
      }
      const mayPack = /\bgzip\b/.test(context.req.header('accept-encoding') ?? '');
      const block = await control.bytes.block(
        sha256,
        mayPack,
        identity.role === 'worker' || identity.role === 'gateway',
      );
      if (block === null && control.cluster?.standing === 'standsBy') throw new Refusal(503, STANDS_BY);
      if (block === null) return context.text('This data set has no such block.\n', 404);
      const headers = { ...BLOCK_HEADERS, ...(block.packed && { 'content-encoding': 'gzip' }) };
      return send(context, options, identity, { key: block.key, make: block.make, headers });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.isForNow) context.header('retry-after', RETRY_AFTER_S);
      return context.text(`${error.message}\n`, error.status);
    }
  });
  app.route('/api', apiOf(options));
}

function apiOf(options: ApiOptions): Hono {
  const { control, onDefect } = options;
  const api = new Hono();
  api.use(async (context, next) => {
    context.header('cache-control', 'no-store');
    await next();
  });
  api.onError((failure, context) => {
    const error = lostMeanwhile(context, control) ?? failure;
    if (error instanceof ControlError) {
      return context.json({ error: error.message, code: error.code }, error.status);
    }
    if (error instanceof Refusal) {
      if (error.isForNow) context.header('retry-after', RETRY_AFTER_S);
      return refuse(context, error.status, error.message);
    }
    if (isForThePerson(error)) return refuse(context, 400, error.message, factsOf(error));
    onDefect(error);
    return refuse(context, 500, DEFECT);
  });
  api.notFound((context) => refuse(context, 404, `There is nothing at ${context.req.path}.`));
  readingRoutes(api, control, options);
  controlRoutes(api, control, options);
  queueRoutes(api, control, options);
  pageErrorRoute(api, options);
  return api;
}

function readingRoutes(api: Hono, control: CoordinatorControl, guard: ApiOptions): void {
  /** A route that answers whoever may do this with JSON. */
  const reading = (
    path: string,
    action: Action,
    read: (context: Context, identity: Identity) => unknown,
  ): void => {
    api.get(path, async (context) => {
      const identity = await bearer(context, guard, action);
      return sendJson(context, guard, identity, await read(context, identity));
    });
  };
  reading('/session', 'watch', (_context, { role }) => ({ role, version: control.version }));
  reading('/runs', 'watch', (context) => control.runs.ask(runQuery(context.req.queries())));
  reading('/runs/:id', 'watch', async (context, { role }) => {
    const detail = await control.runs.detail(context.req.param('id') ?? '');
    return may(role, 'control') ? detail : publicDetail(detail);
  });
  api.get('/runs/:id/curves.csv', async (context) => {
    const identity = await bearer(context, guard, 'watch');
    const bytes = new Uint8Array(Buffer.from(await control.runs.curvesCsv(context.req.param('id'))));
    const headers = { 'content-type': 'text/csv; charset=utf-8' };
    return send(context, guard, identity, { key: null, make: () => bytes, headers });
  });
  api.get('/runs/:id/model', async (context) => {
    const identity = await bearer(context, guard, 'watch');
    const runId = context.req.param('id');
    const { key, make } = await control.runs.model(runId);
    const headers = {
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${runId}.safetensors"`,
    };
    return send(context, guard, identity, { key, make, headers });
  });
  api.get('/runs/:id/parameters', async (context) => {
    const identity = await bearer(context, guard, 'watch');
    const runId = context.req.param('id');
    const { key, make, globalStep } = await control.runs.parameters(runId);
    return send(context, guard, identity, { key, make, headers: parameterHeaders(runId, globalStep) });
  });
  reading('/runs/:id/states', 'watch', async (context) => ({
    steps: await control.runs.keptSteps(context.req.param('id') ?? ''),
  }));
  api.get('/runs/:id/states/:step', async (context) => {
    const identity = await bearer(context, guard, 'watch');
    const [runId, step] = [context.req.param('id'), Number(context.req.param('step'))];
    const { key, make } = await control.runs.keptState(runId, step);
    const headers = { 'content-type': 'application/octet-stream', 'x-shoal-step': String(step) };
    return send(context, guard, identity, { key, make, headers });
  });
  reading('/runs/:id/initial', 'control', (context) => control.initialOf(context.req.param('id') ?? ''));
  reading('/data', 'control', () => control.offers());
  reading('/links', 'control', () => control.joinInfo());
  reading('/presets', 'watch', () => presets.map((spec) => ({ name: spec.name, about: spec.about, spec })));
  reading('/invitation', 'compute', () => control.classroom.invitation);
  reading('/run/data', 'data', () => ({ blocksPath: guard.blocksPath, ...control.bytes.manifests() }));
  api.get('/run/parameters', async (context) => {
    const identity = await bearer(context, guard, 'watch');
    const { runId, globalStep, key, make } = control.bytes.parameters();
    return send(context, guard, identity, { key, make, headers: parameterHeaders(runId, globalStep) });
  });
}

const parameterHeaders = (runId: string, globalStep: number): Record<string, string> => ({
  'content-type': 'application/octet-stream',
  'x-shoal-run': runId,
  'x-shoal-step': String(globalStep),
});

function controlRoutes(api: Hono, control: CoordinatorControl, guard: Guard): void {
  api.post('/spec', async (context) => {
    await bearer(context, guard, 'control');
    const { spec } = await body(context, specBody);
    return context.json(await control.checkSpec(spec));
  });
  api.post('/runs', async (context) => {
    await leading(context, control, guard);
    const { spec } = await body(context, specBody);
    return submitted(context, await control.startRun(spec));
  });
  api.post('/runs/:id/resume', async (context) => {
    await leading(context, control, guard);
    return submitted(context, await control.resumeRun(context.req.param('id')));
  });
  api.post('/runs/:id/label', async (context) => {
    await leading(context, control, guard);
    const change = await body(context, labelBody);
    return context.json(await control.runs.label(context.req.param('id'), defined(change)));
  });
  api.post('/runs/:id/delete', async (context) => {
    await leading(context, control, guard);
    await control.runs.delete(context.req.param('id'));
    return context.json({ runId: context.req.param('id') });
  });
  for (const action of ['pause', 'resume', 'step', 'stop', 'finish'] as const) {
    api.post(`/run/${action}`, async (context) => {
      await leading(context, control, guard);
      return context.json(decided(control.controlRun(action)));
    });
  }
  api.get('/run/pace', async (context) => {
    await bearer(context, guard, 'control');
    return context.json(control.pace);
  });
  api.post('/run/pace', async (context) => {
    await leading(context, control, guard);
    const { stepsPerSecond } = await body(context, paceBody);
    return context.json(decided(control.changePace(stepsPerSecond)));
  });
  api.post('/lecture', async (context) => {
    await leading(context, control, guard);
    const { scene, ranking } = await body(context, lectureBody);
    if (scene !== undefined) control.classroom.showScene(scene);
    if (ranking !== undefined) control.classroom.showRanking(ranking);
    return context.json({ scene: control.classroom.scene });
  });
  api.get('/run/trust', async (context) => {
    await bearer(context, guard, 'control');
    return context.json(control.trust);
  });
  api.post('/run/trust', async (context) => {
    await leading(context, control, guard);
    return context.json(decided(await control.changeTrust(await body(context, trustBody))));
  });
  api.post('/workers/:id', async (context) => {
    await leading(context, control, guard);
    const { action } = await body(context, workerBody);
    return context.json(decided(control.people.control(Number(context.req.param('id')), action)));
  });
  api.get('/removed', async (context) => {
    await bearer(context, guard, 'control');
    return context.json(control.people.removed);
  });
  api.post('/removed/:id', async (context) => {
    await leading(context, control, guard);
    await body(context, letInBody);
    return context.json(decided(control.people.letIn(Number(context.req.param('id')))));
  });
  api.post('/access/revoke', async (context) => {
    await leading(context, control, guard);
    const { role } = await body(context, revokeBody);
    const { fact, join } = await control.revokeLinks(role);
    return context.json({ ...decided(fact), join });
  });
  api.post('/local', async (context) => {
    await bearer(context, guard, 'control');
    await body(context, addBody);
    return context.json(decided(control.people.addLocal()));
  });
  api.post('/local/:name', async (context) => {
    await bearer(context, guard, 'control');
    const { action, unchecked } = await body(context, localBody);
    return context.json(decided(control.people.controlLocal(context.req.param('name'), action, unchecked)));
  });
}

/** Without the fields that were left out. */
const defined = <T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;

/** Whoever may watch has a page that may fail. */
function pageErrorRoute(api: Hono, options: ApiOptions): void {
  const { pageErrors, pageErrorBytesMax } = options;
  api.post(
    '/page-errors',
    bodyLimit({
      maxSize: pageErrorBytesMax,
      onError: (context) => refuse(context, 413, `A report has at most ${pageErrorBytesMax} bytes.`),
    }),
    async (context) => {
      const { role } = await bearer(context, options, 'watch');
      const isTold = pageErrors.post(role, await body(context, pageErrorBody));
      if (!isTold)
        throw new Refusal(429, 'Pages have reported as many failures as are written down for now.');
      return context.json({ message: 'It stands in the log.' }, 201);
    },
  );
}
