/** Everything that is asked about one run's model, answered with its latest parameters. Runs in a worker of its own. */
import {
  BlockAssembler,
  type BlocksManifest,
  compileInspectable,
  compileModel,
  type Executor,
  flopsPerSample,
  type InspectableExecutor,
  type Model,
  type PublicSpec,
  type Samples,
  selectSamples,
  valuesOf,
  wasmStrictEngine,
} from '@shoal/core';
import type { OneSample, SetName, Tasks } from '../modelMessages.ts';
import { evaluatePlane } from './boundaryGrid.ts';
import { countConfusion } from './confusion.ts';
import { checkSlope, type WeightChoice } from './gradient.ts';
import { LabError, type LabProblem, problemOf } from './labProblem.ts';
import type { Pace } from './pace.ts';
import { type Reading, readSample, type TrainingMode } from './readSample.ts';
import { type Score, scoreOf } from './score.ts';
import { computeSurface, type Surface } from './surface.ts';

const SWEEP_MICROBATCH = 64;
/** Floating-point operations that a surface may cost, forward and backward counted: tens of seconds on a laptop. */
const SURFACE_FLOPS = 4e11;
const SURFACE_SAMPLES = { min: 48, max: 512 } as const;
/** And one gradient check in float64, which cannot be interrupted: about a second. */
const SLOPE_FLOPS = 3e8;

type Compiled<E extends Executor> = { readonly executor: Promise<E>; version: number };

type Plane = {
  readonly score: Score;
  readonly executor: Compiled<Executor>;
  readonly scorer: Compiled<Executor>;
};

export class ModelLab {
  readonly model: Model;
  #parameters: Float32Array | null = null;
  /** Counts the parameters that have come. */
  #version = 0;
  readonly #sets = new Map<SetName, BlockAssembler>();
  /** What was wrong with a set's blocks. */
  readonly #damage = new Map<SetName, LabProblem>();
  #inspector: Compiled<InspectableExecutor> | null = null;
  #plane: Plane | null = null;

  constructor(spec: PublicSpec) {
    this.model = compileModel(spec.model);
  }

  /** @throws LabError when these are no parameters of the run's model */
  useParameters(values: Float32Array): void {
    if (values.length !== this.model.vectorLength) {
      const needed = this.model.vectorLength;
      throw new LabError({ type: 'otherParameters', came: values.length, needed });
    }
    this.#parameters = values;
    this.#version += 1;
  }

  expectSet(set: SetName, manifest: BlocksManifest): void {
    this.#damage.delete(set);
    this.#sets.set(set, new BlockAssembler(manifest));
  }

  /** A block that is not what the manifest promised is told to whoever asks about the set. */
  acceptBlock(set: SetName, index: number, content: Uint8Array): void {
    try {
      this.#sets.get(set)?.accept(index, content);
    } catch (error) {
      this.#sets.delete(set);
      this.#damage.set(set, problemOf(error));
    }
  }

  /** Samples of a set whose blocks have all come. @throws Error, as a sentence, when they have not */
  countOf(set: SetName): number {
    return this.#set(set).count;
  }

  async read(pixels: Float32Array, training: TrainingMode | null): Promise<Reading> {
    this.#inspector ??= {
      executor: compileInspectable(this.model, { microbatch: 1, inputGradient: false }),
      version: -1,
    };
    return readSample(await this.#fresh(this.#inspector), pixels, training);
  }

  /** One test sample as the network sees it. */
  sample(index: number): OneSample {
    const { inputs, targets } = this.#set('test');
    const own = valuesOf(inputs, index);
    const scale = own instanceof Uint8Array ? 255 : 1;
    return { values: Float32Array.from(own, (value) => value / scale), label: targets.values[index] };
  }

  async confusion(pace: Pace): Promise<Tasks['confusion']['answer']> {
    return countConfusion(await this.#own(SWEEP_MICROBATCH), this.#set('test'), pace);
  }

  async boundary(side: number): Promise<Tasks['boundary']['answer']> {
    if (this.#plane === null) {
      const compile = (model: Model): Compiled<Executor> => ({
        executor: wasmStrictEngine.compile(model, { microbatch: SWEEP_MICROBATCH, inputGradient: false }),
        version: -1,
      });
      const score = scoreOf(this.model);
      this.#plane = { score, executor: compile(this.model), scorer: compile(score.model) };
    }
    const { score, executor, scorer } = this.#plane;
    // Both are there before either takes parameters, so that no newer ones come between.
    await Promise.all([executor.executor, scorer.executor]);
    return evaluatePlane({
      score,
      executor: await this.#fresh(executor),
      scorer: await this.#fresh(scorer),
      side,
    });
  }

  async slope(choice: WeightChoice, wanted: number, pace: Pace): Promise<Tasks['slope']['answer']> {
    const affordable = Math.floor(SLOPE_FLOPS / (2 * flopsPerSample(this.model)));
    const samples = firstOf(this.#set('slice'), Math.max(1, Math.min(wanted, affordable)));
    return checkSlope(await this.#own(samples.count), this.#current, samples, choice, pace);
  }

  async surface(
    { side, reach, seed }: Tasks['surface']['ask'],
    pace: Pace,
    refined: (surface: Surface) => void,
  ): Promise<Surface> {
    const affordable = Math.floor(SURFACE_FLOPS / (side * side * flopsPerSample(this.model)));
    const { min, max } = SURFACE_SAMPLES;
    const samples = firstOf(this.#set('slice'), Math.min(Math.max(affordable, min), max));
    const executor = await this.#own(Math.min(SWEEP_MICROBATCH, samples.count));
    const parameters = this.#current;
    return computeSurface({ executor, parameters, samples, side, reach, seed, pace, refined });
  }

  get #current(): Float32Array {
    if (this.#parameters === null) throw new LabError({ type: 'noParameters' });
    return this.#parameters;
  }

  #set(set: SetName): Samples {
    const assembler = this.#sets.get(set);
    if (assembler?.complete !== true) {
      throw new LabError(this.#damage.get(set) ?? { type: 'noSamples' });
    }
    return assembler.samples;
  }

  /** An executor of one task alone, with the parameters of this moment: newer ones come while it runs. */
  async #own(microbatch: number): Promise<Executor> {
    const executor = await wasmStrictEngine.compile(this.model, { microbatch, inputGradient: false });
    executor.parameters.set(this.#current);
    executor.parametersChanged();
    return executor;
  }

  async #fresh<E extends Executor>(compiled: Compiled<E>): Promise<E> {
    const executor = await compiled.executor;
    if (compiled.version !== this.#version) {
      executor.parameters.set(this.#current);
      executor.parametersChanged();
      compiled.version = this.#version;
    }
    return executor;
  }
}

function firstOf(samples: Samples, count: number): Samples {
  return selectSamples(
    samples,
    Uint32Array.from({ length: Math.min(count, samples.count) }, (_, i) => i),
  );
}
