/** Holds the parameters of the run that is going on, as new as the connection allows, while somebody looks. */

import { computed, effect, signal, untracked } from '@preact/signals';
import { compileModel, type Model } from '@shoal/core';
import { openedModel } from '../index/runs/openedModel.ts';
import { api, run } from '../index/store.ts';
import { bringSet, type LoadedSet } from './bringSet.ts';
import { LabError, type LabProblem, problemOf } from './lab/labProblem.ts';
import { type ModelClient, startModelClient } from './modelClient.ts';
import type { SetName } from './modelMessages.ts';
import { OfRun } from './ofRun.ts';
import { hasSamples, shown } from './shown.ts';

export type HeldParameters = {
  readonly runId: string;
  readonly step: number;
  readonly values: Float32Array;
};

export const runId = computed(() => shown.value?.runId ?? null);

/** What a card keeps of the run that is shown; `empty` as long as nothing of that run was kept. */
export const ofRun = <T>(empty: T): OfRun<T> => new OfRun(runId, empty);

/** The newest parameters that have come; null before any of this run have. */
export const held = ofRun<HeldParameters | null>(null);
/** Why none come; null while they do. */
export const trouble = ofRun<LabProblem | null>(null);
/** Whether the panel can be seen: nothing is fetched for nobody. */
export const isSeen = signal(false);

/** Of this run; the spec does not change while it lasts. */
export const model = computed<Model | null>(() => {
  if (runId.value === null) return null;
  const spec = shown.peek()?.spec;
  return spec === undefined ? null : compileModel(spec.model);
});

/** Parameters are fetched at most this often, large ones less so. */
const GAP_MS_MIN = 200;
const GAP_MS_PER_MEGABYTE = 700;
/** And take up at most a quarter of the connection's time. */
const GAP_PER_FETCH = 3;
const RETRY_MS = 3000;

let client: ModelClient | null = null;

/** The worker starts with the first question. */
export function modelClient(): ModelClient {
  client ??= startModelClient();
  return client;
}

/** What the coordinator's parameters depend on; the best ones come back when a run ends, at the same step. */
const wanted = computed(() => {
  const now = shown.value;
  return now === null ? null : `${now.runId} ${now.globalStep} ${now.result === null ? 'on' : 'over'}`;
});

let got: string | null = null;
let timer: ReturnType<typeof setTimeout> | null = null;
let isFetching = false;
let nextAt = 0;

function fetchSoon(): void {
  if (isFetching || timer !== null) return;
  timer = setTimeout(
    () => {
      timer = null;
      void fetchParameters();
    },
    Math.max(0, nextAt - performance.now()),
  );
}

function parametersPath(): string {
  const opened = openedModel.peek();
  return opened === null ? '/api/run/parameters' : `/api/runs/${encodeURIComponent(opened.runId)}/parameters`;
}

async function fetchParameters(): Promise<void> {
  const asked = wanted.peek();
  const id = runId.peek();
  if (asked === null || id === null || asked === got) return;
  isFetching = true;
  const began = performance.now();
  let gap = RETRY_MS;
  try {
    const { buffer, headers } = await api.bytes(parametersPath());
    const took = performance.now() - began;
    gap = Math.max(GAP_MS_MIN, GAP_PER_FETCH * took, (GAP_MS_PER_MEGABYTE * buffer.byteLength) / 1e6);
    // Another run may have begun meanwhile; its own will be asked for.
    if (headers.get('x-shoal-run') === id && runId.peek() === id) {
      const values = new Float32Array(buffer);
      modelClient().tell({ type: 'parameters', values });
      held.keep(id, { runId: id, step: Number(headers.get('x-shoal-step')), values });
      got = asked;
      trouble.keep(id, null);
    }
  } catch (error) {
    trouble.keep(id, problemOf(error));
  } finally {
    isFetching = false;
    nextAt = performance.now() + gap;
    if (isSeen.peek() && wanted.peek() !== got) fetchSoon();
  }
}

const sets = new Map<SetName, Promise<LoadedSet>>();

/** What is under way for one run and is called off with it. */
const forgetters: (() => void)[] = [];

/** Calls `forget` when another run takes the place of the one before, whether the panel is there or not. */
export function onOtherRun(forget: () => void): void {
  forgetters.push(forget);
}

let followed: string | null = null;

// Runs before anything is drawn of the other run.
effect(() => {
  const id = runId.value;
  // While the connection is lost there is no other run, but none that is known.
  if (id === null || id === followed) return;
  followed = id;
  got = null;
  sets.clear();
  const spec = shown.peek()?.spec;
  if (spec !== undefined) modelClient().tell({ type: 'run', spec });
  untracked(() => {
    for (const forget of forgetters) forget();
  });
});

/** Fetches parameters while the panel is there; ends with what it returns. */
export function startFollowing(): () => void {
  const stopSteps = effect(() => {
    if (wanted.value !== null && isSeen.value) fetchSoon();
  });
  return () => {
    stopSteps();
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
}

/** Fetches a set's blocks once for a run and hands them to the worker, which checks their hashes. */
export function loadSet(
  set: SetName,
  progress: (done: number, total: number) => void = () => {},
): Promise<LoadedSet> {
  const known = sets.get(set);
  if (known !== undefined) return known;
  const loading = fetchSet(set, progress);
  sets.set(set, loading);
  // What failed is asked for again the next time.
  loading.catch(() => {
    if (sets.get(set) === loading) sets.delete(set);
  });
  return loading;
}

/**
 * @throws Cancelled when another run has begun meanwhile: its blocks are others
 * @throws LabError when the coordinator has the samples of another data set
 */
async function fetchSet(set: SetName, progress: (done: number, total: number) => void): Promise<LoadedSet> {
  const id = runId.peek();
  if (!hasSamples(set === 'test' ? 'test' : 'train')) throw new LabError({ type: 'otherSamples' });
  return bringSet(modelClient(), set, {
    progress,
    isStill: (ofRun) => ofRun === run.peek()?.runId && runId.peek() === id,
  });
}
