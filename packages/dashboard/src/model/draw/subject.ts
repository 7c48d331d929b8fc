/** What the network is given to read, and what it says; read anew whenever the parameters change. */

import { computed, effect, signal } from '@preact/signals';
import { epochOrder } from '@shoal/core';
import { run } from '../../index/store.ts';
import { held, loadSet, model, modelClient, onOtherRun, runId } from '../follow.ts';
import { type LabProblem, problemOf } from '../lab/labProblem.ts';
import { Cancelled } from '../lab/pace.ts';
import type { Reading, TrainingMode } from '../lab/readSample.ts';
import { Latest } from '../latest.ts';

export type Subject =
  | { readonly from: 'drawing'; readonly pixels: Float32Array }
  | {
      readonly from: 'test';
      readonly pixels: Float32Array;
      readonly index: number;
      readonly label: number;
    };

export const subject = signal<Subject | null>(null);
export const reading = signal<Reading | null>(null);
export const readingProblem = signal<LabProblem | null>(null);
/** Counts what was put before the network as a whole: each lets the light run through the layers once. */
export const wave = signal(0);

/** Whether the network is shown as in training, with neurons out; and which sample of the step decides which ones. */
export const showsTraining = signal(false);
export const placeInStep = signal(0);
/** Samples of the training set; known once somebody wants to see the network as in training. */
const trainCount = signal<number | null>(null);

/** Height and width where the input is one grey picture, which is what can be drawn. */
export const field = computed(() => {
  const shape = model.value?.inputShape ?? [];
  return shape.length === 3 && shape[0] === 1 ? { height: shape[1], width: shape[2] } : null;
});

export const hasDropout = computed(() => model.value?.layers.some(({ type }) => type === 'dropout') ?? false);

const epoch = computed(() => {
  const now = run.value;
  // The counters stand behind the last epoch when all are done.
  return now === null ? 0 : Math.min(now.epoch, Math.max(0, now.spec.epochs - 1));
});
const firstInStep = computed(() => {
  const now = run.value;
  return now === null ? 0 : Math.min(now.step, now.stepsPerEpoch - 1) * now.spec.batch;
});
const order = computed(() => {
  const spec = runId.value === null ? undefined : run.peek()?.spec;
  if (spec === undefined || trainCount.value === null) return null;
  return epochOrder(spec.seed, epoch.value, trainCount.value);
});

/** The address of the masks of one sample in the step that is being computed; null while all neurons take part. */
export const training = computed<TrainingMode | null>(() => {
  const visited = order.value;
  const spec = run.value?.spec;
  if (!showsTraining.value || visited === null || spec === undefined) return null;
  const place = (firstInStep.value + (placeInStep.value % spec.batch)) % visited.length;
  return { seed: spec.seed, epoch: epoch.value, sample: visited[place] };
});

export async function showTraining(shows: boolean): Promise<void> {
  showsTraining.value = shows;
  if (!shows || trainCount.peek() !== null) return;
  try {
    trainCount.value = await loadSet('slice').then((manifest) => manifest.whole);
  } catch (error) {
    showsTraining.value = false;
    readingProblem.value = problemOf(error);
  }
}

/** Puts a test sample before the network. */
export async function chooseTestSample(index: number): Promise<void> {
  try {
    await loadSet('test');
    const { values, label } = await modelClient().ask('sample', { index });
    subject.value = { from: 'test', pixels: values, index, label };
    wave.value += 1;
  } catch (error) {
    readingProblem.value = problemOf(error);
  }
}

const readings = new Latest(async () => {
  const given = subject.peek();
  if (given === null || held.peek() === null) return;
  try {
    reading.value = await modelClient().ask('read', { pixels: given.pixels, training: training.peek() });
    readingProblem.value = null;
  } catch (error) {
    if (!(error instanceof Cancelled)) {
      readingProblem.value = problemOf(error);
    }
  }
});

onOtherRun(() => {
  subject.value = null;
  trainCount.value = null;
  showsTraining.value = false;
});

/** Reads whatever there is to read while the panel is there; ends with what it returns. */
export function startReading(): () => void {
  return effect(() => {
    if (subject.value === null) {
      reading.value = null;
      return;
    }
    if (held.value !== null && training.value !== undefined) readings.request();
  });
}
