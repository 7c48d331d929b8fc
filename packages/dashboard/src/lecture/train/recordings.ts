/**
 * The runs of the lecture's scenes, trained in workers of this page and kept as they went: a scene shows any moment of
 * them at any pace. A run is a function of its spec, so that it is trained once, whichever scenes ask for it.
 */
import { signal } from '@preact/signals';
import { canonicalJson, type EpochReport, type RunSpec } from '@shoal/core';
import { unreachable } from '../../shared/unreachable.ts';
import type { KeptState, Outcome, TrainerMessage, TrainMessage } from './messages.ts';

/** Of a small run every state is kept, of a large one enough for a replay that looks like one. */
const KEPT_BYTES_MAX = 8_000_000;
const WORKERS_MAX = 2;

export class Recording {
  readonly spec: RunSpec;
  /** Parameters that it started from in place of the spec's; null for the spec's. */
  readonly from: Float32Array | null;
  /** Goes up with everything that comes. */
  readonly version = signal(0);
  /** How many steps there will be at most; 0 until that is known. */
  steps = 0;
  stepsPerEpoch = 0;
  readonly losses: number[] = [];
  readonly epochs: EpochReport[] = [];
  readonly states: KeptState[] = [];
  outcome: Outcome | null = null;
  failure: string | null = null;
  /** Resolves when it is over, one way or the other. */
  readonly ended: Promise<void>;
  #end: () => void = () => {};

  constructor(spec: RunSpec, from: Float32Array | null) {
    this.spec = spec;
    this.from = from;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** Steps that have been recorded. */
  get length(): number {
    return this.losses.length;
  }

  get isOver(): boolean {
    return this.outcome !== null || this.failure !== null;
  }

  /** 0 to 1. */
  get done(): number {
    if (this.isOver) return 1;
    return this.steps === 0 ? 0 : this.length / this.steps;
  }

  /** The newest parameters that were kept up to a step; null before any have come. */
  stateAt(step: number): KeptState | null {
    return this.states.findLast((state) => state.step <= step) ?? this.states[0] ?? null;
  }

  /** The epochs that are complete after so many steps. */
  epochsAt(step: number): readonly EpochReport[] {
    if (this.stepsPerEpoch === 0) return [];
    return this.epochs.slice(0, Math.floor(step / this.stepsPerEpoch));
  }

  hear(message: TrainerMessage): void {
    switch (message.type) {
      case 'begun':
        this.steps = message.steps;
        this.stepsPerEpoch = message.stepsPerEpoch;
        break;
      case 'part':
        this.losses.push(...message.part.losses);
        this.epochs.push(...message.part.epochs);
        this.states.push(...message.part.states);
        break;
      case 'over':
        this.outcome = message.outcome;
        break;
      case 'failed':
        this.failure = message.reason;
        break;
      default:
        unreachable(message);
    }
    this.version.value += 1;
    if (this.isOver) this.#end();
  }
}

type Trainer = { readonly worker: Worker; busy: Recording | null };

const known = new Map<string, Recording>();
const waiting: Recording[] = [];
const trainers: Trainer[] = [];
let lastId = 0;

function openTrainer(): Trainer {
  const worker = new Worker(new URL('./trainer.worker.ts', import.meta.url), {
    type: 'module',
    name: 'shoal lecture',
  });
  const trainer: Trainer = { worker, busy: null };
  worker.onmessage = ({ data }: MessageEvent<TrainerMessage>) => {
    trainer.busy?.hear(data);
    if (trainer.busy?.isOver !== true) return;
    trainer.busy = null;
    begin();
  };
  worker.onerror = ({ message }) => {
    trainer.busy?.hear({ type: 'failed', id: lastId, reason: message });
    trainer.busy = null;
    begin();
  };
  trainers.push(trainer);
  return trainer;
}

function begin(): void {
  while (waiting.length > 0) {
    const free = trainers.find(({ busy }) => busy === null);
    const mayOpen = trainers.length < Math.min(WORKERS_MAX, navigator.hardwareConcurrency || 1);
    if (free === undefined && !mayOpen) return;
    const trainer = free ?? openTrainer();
    const next = waiting.shift() as Recording;
    lastId += 1;
    trainer.busy = next;
    const { spec, from } = next;
    trainer.worker.postMessage({
      ...{ type: 'train', id: lastId, spec, from, keptBytesMax: KEPT_BYTES_MAX },
    } satisfies TrainMessage);
  }
}

/**
 * The recording of a run; what is not there yet is trained as soon as a worker is free.
 * @param isUrgent before everything else that waits
 */
export function recordingOf(spec: RunSpec, isUrgent = true, from: Float32Array | null = null): Recording {
  const key = `${canonicalJson(spec)} ${from === null ? '' : from.join()}`;
  const found = known.get(key);
  const recording = found ?? new Recording(spec, from);
  known.set(key, recording);
  const place = waiting.indexOf(recording);
  if (found !== undefined && !(isUrgent && place >= 0)) return recording;
  if (place >= 0) waiting.splice(place, 1);
  if (isUrgent) waiting.unshift(recording);
  else waiting.push(recording);
  begin();
  return recording;
}
