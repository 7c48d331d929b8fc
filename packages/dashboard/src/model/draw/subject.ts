/** What the network is given to read, and what it says; read anew whenever the parameters change. */

import { computed, effect, signal } from '@preact/signals';
import { epochOrder } from '@shoal/core';
import { held, loadSet, model, modelClient, ofRun, runId } from '../follow.ts';
import { type LabProblem, problemOf } from '../lab/labProblem.ts';
import { Cancelled } from '../lab/pace.ts';
import type { Reading, TrainingMode } from '../lab/readSample.ts';
import { Latest } from '../latest.ts';
import { shown } from '../shown.ts';

export type Subject =
  | { readonly from: 'drawing'; readonly pixels: Float32Array }
  | {
      readonly from: 'test';
      readonly pixels: Float32Array;
      readonly index: number;
      readonly label: number;
    };

const given = ofRun<Subject | null>(null);
/** Null until something of this run's is drawn or chosen. */
export const subject = computed(() => given.value);
const answer = ofRun<Reading | null>(null);
/** What is said of the subject at hand; of the one before as long as a drawing goes on. */
export const reading = computed(() => (subject.value === null ? null : answer.value));
export const readingProblem = ofRun<LabProblem | null>(null);
/** Counts what was put before the network as a whole: each lets the light run through the layers once. */
export const wave = signal(0);

/** Whether the network is shown as in training, with neurons out; and which sample of the step decides which ones. */
export const showsTraining = ofRun(false);
export const placeInStep = signal(0);
/** Samples of the training set; known once somebody wants to see the network as in training. */
const trainCount = ofRun<number | null>(null);

/** Height and width where the input is one grey picture, which is what can be drawn. */
export const field = computed(() => {
  const shape = model.value?.inputShape ?? [];
  return shape.length === 3 && shape[0] === 1 ? { height: shape[1], width: shape[2] } : null;
});

/** The same of pictures in colour too, which can be looked at. */
export const pictureSize = computed(() => {
  const [channels, height, width] = model.value?.inputShape ?? [];
  if (height === undefined || width === undefined || (channels !== 1 && channels !== 3)) return null;
  return { channels, height, width };
});

export const hasDropout = computed(() => model.value?.layers.some(({ type }) => type === 'dropout') ?? false);

const epoch = computed(() => {
  const now = shown.value;
  // The counters stand behind the last epoch when all are done.
  return now === null ? 0 : Math.min(now.epoch, Math.max(0, now.spec.epochs - 1));
});
const firstInStep = computed(() => {
  const now = shown.value;
  return now === null ? 0 : Math.min(now.step, now.stepsPerEpoch - 1) * now.spec.batch;
});
const order = computed(() => {
  const spec = runId.value === null ? undefined : shown.peek()?.spec;
  if (spec === undefined || trainCount.value === null) return null;
  return epochOrder(spec, epoch.value, trainCount.value);
});

/** The address of the masks of one sample in the step that is being computed; null while all neurons take part. */
export const training = computed<TrainingMode | null>(() => {
  const visited = order.value;
  const spec = shown.value?.spec;
  if (!showsTraining.value || visited === null || spec === undefined) return null;
  const place = (firstInStep.value + (placeInStep.value % spec.batch)) % visited.length;
  return { seed: spec.seed, epoch: epoch.value, sample: visited[place] };
});

export async function showTraining(shows: boolean): Promise<void> {
  const id = runId.peek();
  showsTraining.keep(id, shows);
  if (!shows || trainCount.peek() !== null) return;
  try {
    trainCount.keep(id, (await loadSet('slice')).whole);
  } catch (error) {
    showsTraining.keep(id, false);
    tellProblem(id, error);
  }
}

/** Puts something before the network; null takes away what is there. */
export function present(shown: Subject | null): void {
  given.keep(runId.peek(), shown);
}

/** What was called off is no problem. */
export function tellProblem(of: string | null, error: unknown): void {
  if (!(error instanceof Cancelled)) readingProblem.keep(of, problemOf(error));
}

/** Puts a test sample before the network. */
export async function chooseTestSample(index: number): Promise<void> {
  const id = runId.peek();
  try {
    await loadSet('test');
    const { values, label } = await modelClient().ask('sample', { index });
    given.keep(id, { from: 'test', pixels: values, index, label });
    wave.value += 1;
  } catch (error) {
    tellProblem(id, error);
  }
}

const readings = new Latest(async () => {
  const id = runId.peek();
  const to = subject.peek();
  if (to === null || held.peek() === null) return;
  try {
    answer.keep(id, await modelClient().ask('read', { pixels: to.pixels, training: training.peek() }));
    readingProblem.keep(id, null);
  } catch (error) {
    tellProblem(id, error);
  }
});

/** Reads whatever there is to read while the panel is there; ends with what it returns. */
export function startReading(): () => void {
  return effect(() => {
    if (subject.value === null) answer.keep(runId.peek(), null);
    else if (held.value !== null && training.value !== undefined) readings.request();
  });
}
