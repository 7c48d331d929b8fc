/**
 * Computes leaves on a device, a whole node at once: its samples go through the network as many at a time as fit, submitted one after
 * another without waiting, and its vector stays on the device until the end, when all that the request asked for is read at once.
 * Losses are added on this processor in float64; what is rounded is rounded here too, by the kernels that always do it.
 */
import { answerLevel } from '../coding/kind.ts';
import { type LeafRounding, leafRounding } from '../coding/leafRounding.ts';
import { augmentOf } from '../data/dataSpec.ts';
import { type FillTarget, SampleWriter } from '../data/fill.ts';
import { checkBatch } from '../engine/checkBatch.ts';
import { orLost } from '../engine/webgpu/deviceLoss.ts';
import { DeviceNetwork, microbatchThatFits } from '../engine/webgpu/deviceNetwork.ts';
import { DeviceUpdater } from '../engine/webgpu/deviceUpdater.ts';
import { DeviceVectors } from '../engine/webgpu/deviceVectors.ts';
import { type GpuBuffer, type GpuDevice, USAGE } from '../engine/webgpu/gpu.ts';
import { sumsOf } from '../engine/webgpu/webgpuEngine.ts';
import { allLayers } from '../nn/walk.ts';
import { type Answer, judged } from '../parallel/answer.ts';
import { heldAnswers, newReduction, reduce } from '../parallel/reduction.ts';
import { leavesOf, nodesOfRange, type TreeNode } from '../parallel/tree.ts';
import { VectorArena, type VectorId } from '../vectors/arena.ts';
import { frozenLength, trainedFrom } from './frozen.ts';
import type { Computation, LeafComputer, LeafComputerOptions, LeafRequest } from './leafComputer.ts';
import { localStepsOfRun } from './localRound.ts';
import { leafRange, piecesOfLeaves, samplesOfLeaves } from './position.ts';
import { probePieces, shapeOfRun, vectorsOf } from './stepShape.ts';

/** Samples that go through the network at once at most: more keep no device busier. */
const CHUNK_MAX = 4096;
/** Passes that may be submitted before the first of them is done. */
const AHEAD_MAX = 4;

/** Places [from, to) of the request that are computed in one pass; `epoch` null in an evaluation. */
type Chunk = { readonly from: number; readonly to: number; readonly epoch: number | null };
/** Chunks whose gradients make one update of a round. */
type Update = {
  readonly chunks: readonly Chunk[];
  readonly count: number;
  readonly epoch: number;
  readonly step: number;
};
/** What becomes one vector: a node of sums, or rounds of replicas one after another, whose changes are added. */
type Part = {
  readonly node: TreeNode;
  readonly from: number;
  readonly to: number;
  readonly chunks: readonly Chunk[];
  /** The updates of each round; empty where nothing is updated. */
  readonly rounds: readonly (readonly Update[])[];
};

type Tools = LeafComputerOptions & {
  readonly device: GpuDevice;
  readonly network: DeviceNetwork;
  readonly vectors: DeviceVectors;
  readonly arena: VectorArena;
  readonly writer: SampleWriter;
  readonly updater: DeviceUpdater | null;
};

export class DeviceComputer implements LeafComputer {
  readonly vectorLength: number;
  readonly #tools: Tools;
  readonly #staging: Staging;
  #round: LeafRounding | null = null;

  /** @throws DeviceLostError where the device has no room, or is gone */
  static async open(
    device: GpuDevice,
    options: LeafComputerOptions,
    specialised = true,
  ): Promise<DeviceComputer> {
    const { model, spec, trainCount } = options;
    const { microbatch, batch, seed, data, steps } = spec;
    // What batch norm measures is a microbatch.
    const measures = allLayers(model.layers).some(({ type }) => type === 'batch_norm');
    const wanted = measures ? microbatch : Math.min(CHUNK_MAX, Math.max(batch, microbatch));
    const fitting = microbatchThatFits(device, model, wanted, specialised);
    const network = await DeviceNetwork.compile(device, model, {
      ...{ microbatch: fitting, inputGradient: false, specialised, trainedFrom: trainedFrom(model, spec) },
    });
    const vectors = await DeviceVectors.open(device, model.vectorLength);
    const updater =
      steps.type === 'localSteps'
        ? await DeviceUpdater.open({
            ...{ device, model, spec, parameters: network.buffer(network.places.parameters) },
            totalSteps: localStepsOfRun(shapeOfRun(spec, trainCount), steps.localSteps, batch),
            frozen: frozenLength(model, spec),
          })
        : null;
    const writer = new SampleWriter({ shape: model.inputShape, augment: augmentOf(data), seed });
    const arena = new VectorArena({ length: model.vectorLength, vectorsMax: vectorsOf(spec) });
    return new DeviceComputer({ ...options, device, network, vectors, arena, writer, updater });
  }

  private constructor(tools: Tools) {
    this.#tools = tools;
    this.#staging = new Staging(tools.network);
    this.vectorLength = tools.model.vectorLength;
  }

  setParameters(bytes: Uint8Array): void {
    const { network } = this.#tools;
    network.write(network.places.parameters, bytes, this.vectorLength);
  }

  begin(request: LeafRequest): Computation {
    const { spec, model } = this.#tools;
    this.#round ??= leafRounding(spec, model, this.#tools.arena);
    const rounds = request.task === 'evaluate' ? null : this.#round;
    return new DeviceComputation(this.#tools, this.#staging, request, rounds);
  }

  readonly view = (vector: VectorId): Float32Array<ArrayBuffer> => this.#tools.arena.view(vector);

  read(vector: VectorId, into: Float32Array): void {
    into.set(this.#tools.arena.view(vector));
  }

  free(vector: VectorId): void {
    this.#tools.arena.free(vector);
  }

  destroy(): void {
    const { network, vectors, updater } = this.#tools;
    network.destroy();
    vectors.destroy();
    updater?.destroy();
  }
}

/** Where samples are put before they are copied to the device. */
class Staging implements FillTarget {
  readonly inputs: Float32Array;
  readonly targets: Int32Array;
  readonly samples: Uint32Array;
  readonly pixels: NonNullable<FillTarget['pixels']>;
  /** Whether the latest samples came as bytes. */
  areBytes = false;

  constructor({ microbatch, model: { inputLength } }: DeviceNetwork) {
    this.inputs = new Float32Array(microbatch * inputLength);
    this.targets = new Int32Array(microbatch);
    this.samples = new Uint32Array(microbatch);
    this.pixels = {
      bytes: new Uint8Array(Math.ceil((microbatch * inputLength) / 4) * 4),
      toInputs: () => {
        this.areBytes = true;
      },
    };
  }
}

class DeviceComputation implements Computation {
  readonly #tools: Tools;
  readonly #staging: Staging;
  readonly #request: LeafRequest;
  readonly #round: LeafRounding | null;
  readonly #parts: readonly Part[];
  /** Of each part, where it has one. */
  readonly #sums: GpuBuffer[] = [];
  readonly #results: GpuBuffer;
  readonly #work: Generator<void, void>;
  /** Samples that have been submitted. */
  #submitted = 0;
  #ahead: Promise<unknown>[] = [];

  constructor(tools: Tools, staging: Staging, request: LeafRequest, round: LeafRounding | null) {
    this.#tools = tools;
    this.#staging = staging;
    this.#request = request;
    this.#round = round;
    this.#parts = partsOf(tools, request, round !== null);
    const size = Math.max(8, request.numbers.length * 8);
    this.#results = tools.device.createBuffer({ size, usage: USAGE.copyFrom | USAGE.copyTo });
    this.#work = this.#run();
  }

  get done(): number {
    return this.#submitted;
  }

  async step(): Promise<boolean> {
    const more = this.#work.next().done !== true;
    const { device } = this.#tools;
    const submitted = device.queue.onSubmittedWorkDone();
    // Those that nobody waits for any more may fail with the device.
    submitted.catch(() => {});
    this.#ahead.push(submitted);
    // Waits for the oldest: what is submitted is copied, and must not pile up.
    if (this.#ahead.length > AHEAD_MAX) await orLost(device, this.#ahead.shift() as Promise<unknown>);
    return more;
  }

  /** Yields after each pass that is submitted. */
  *#run(): Generator<void, void> {
    for (const part of this.#parts) {
      if (part.rounds.length > 0) yield* this.#replicas(part);
      else yield* this.#sum(part);
    }
  }

  *#sum({ chunks }: Part): Generator<void, void> {
    const sum = this.#request.task === 'evaluate' ? null : this.#tools.vectors.allocate();
    if (sum !== null) this.#sums.push(sum);
    let adds = false;
    for (const chunk of chunks) {
      this.#submit(chunk, sum, adds);
      adds = true;
      yield;
    }
  }

  *#replicas({ rounds }: Part): Generator<void, void> {
    const { device, vectors, network, updater } = this.#tools;
    if (updater === null) throw new Error('Rounds were asked of a run without local steps.');
    const parameters = network.buffer(network.places.parameters);
    const change = vectors.allocate();
    this.#sums.push(change);
    const [start, sum] = [vectors.allocate(), vectors.allocate()];
    const encode = (write: (encoder: ReturnType<GpuDevice['createCommandEncoder']>) => void): void => {
      const encoder = device.createCommandEncoder();
      write(encoder);
      device.queue.submit([encoder.finish()]);
    };
    encode((encoder) => vectors.put(encoder, start, parameters, false));
    for (const [replica, updates] of rounds.entries()) {
      updater.begin(replica === 0);
      for (const { chunks, count, epoch, step } of updates) {
        let adds = false;
        for (const [i, chunk] of chunks.entries()) {
          this.#submit(chunk, sum, adds);
          adds = true;
          if (i < chunks.length - 1) yield;
        }
        updater.apply(sum, count, step, epoch);
        yield;
      }
      encode((encoder) => {
        vectors.put(encoder, sum, parameters, false);
        vectors.subtract(encoder, sum, start);
        vectors.put(encoder, change, sum, replica > 0);
        vectors.put(encoder, parameters, start, false);
      });
    }
    vectors.free(start);
    vectors.free(sum);
  }

  #submit({ from, to, epoch }: Chunk, into: GpuBuffer | null, adds: boolean): void {
    const { network, writer, vectors, spec, model } = this.#tools;
    const { numbers, rows, samples } = this.#request;
    const staging = this.#staging;
    const { places } = network;
    const count = to - from;
    staging.areBytes = false;
    writer.write(staging, samples, rows.subarray(from, to), numbers.subarray(from, to), epoch);
    checkBatch(model, network.microbatch, staging.targets, count);
    const values = count * model.inputLength;
    if (staging.areBytes) network.write(places.bytes, staging.pixels.bytes, Math.ceil(values / 4));
    else network.write(places.inputs, staging.inputs, values);
    network.write(places.targets, staging.targets, count);
    network.write(places.samples, staging.samples, count);
    const address = { seed: epoch === null ? 0 : spec.seed, epoch: epoch ?? 0 };
    const results = this.#results;
    network.submit(count, { training: into !== null, bytes: staging.areBytes }, address, (encoder) => {
      encoder.copyBufferToBuffer(network.buffer(places.results), 0, results, from * 8, count * 8);
      if (into !== null) vectors.put(encoder, into, network.buffer(places.gradient), adds);
    });
    this.#submitted = to;
  }

  async finish(): Promise<Answer<VectorId>[]> {
    const { network, arena, updater, model } = this.#tools;
    const { numbers, leaves, task, step, scales, from } = this.#request;
    const words = model.vectorLength;
    const [results, broken, ...vectors] = await network.read([
      { from: this.#results, words: numbers.length * 2 },
      { from: updater === null || task === 'evaluate' ? this.#results : updater.broken, words: 1 },
      ...this.#sums.map((sum) => ({ from: sum, words })),
    ]);
    this.#release();
    const isBroken =
      updater !== null && task !== 'evaluate' && new Uint32Array(broken as ArrayBuffer)[0] !== 0;
    const level = answerLevel(this.#tools.spec, leaves, task === 'evaluate');
    const reduction = newReduction<VectorId>(leaves, level);
    for (const [i, part] of this.#parts.entries()) {
      const { loss, correct } = sumsOf(results as ArrayBuffer, part.from, part.to - part.from);
      const content = vectors[i];
      const finite = Number.isFinite(loss) && !isBroken;
      const vector = content === undefined || !finite ? null : arena.allocateFrom(new Float32Array(content));
      if (vector !== null) this.#round?.(vector, { step, leaf: part.node.index, leaves }, scales);
      reduce(
        reduction,
        { node: part.node, finite, loss, correct, count: part.to - part.from, vector },
        arena,
      );
    }
    const answers = heldAnswers(reduction).map((answer) =>
      judged(answer, arena, (one) => arena.isFinite(one)),
    );
    if (answers.length === 0) throw new RangeError(`Leaf ${from} and those behind it have no samples.`);
    return answers;
  }

  discard(): void {
    this.#work.return();
    this.#release();
  }

  #release(): void {
    for (const sum of this.#sums) this.#tools.vectors.free(sum);
    this.#sums.length = 0;
    this.#results.destroy();
  }
}

/** Cuts a request into what becomes a vector each, and these into passes. */
function partsOf(tools: Tools, request: LeafRequest, rounded: boolean): Part[] {
  const { spec, trainCount, network } = tools;
  const { task, step, from, to, leaves, numbers } = request;
  const shape = shapeOfRun(spec, trainCount);
  const level = rounded ? 0 : answerLevel(spec, leaves, task === 'evaluate');
  const [base] = task === 'gradient' ? samplesOfLeaves(shape, step, from, from + 1) : [0];
  return nodesOfRange(from, to, leaves, level).map((node): Part => {
    const [first, last] = leavesOf(node, leaves);
    if (task === 'evaluate') {
      const start = leafRange(numbers.length, spec.microbatch, first - from)[0];
      const end = leafRange(numbers.length, spec.microbatch, last - 1 - from)[1];
      return { node, from: start, to: end, chunks: cut(start, end, null, network.microbatch), rounds: [] };
    }
    const pieces = (leaf: number, after: number) =>
      task === 'probe' ? probePieces(spec, trainCount) : piecesOfLeaves(shape, step, leaf, after);
    const places = (leaf: number, after: number): readonly [number, number] => {
      if (task === 'probe') return [0, numbers.length];
      const [start, end] = samplesOfLeaves(shape, step, leaf, after);
      return [start - base, end - base];
    };
    const [start, end] = places(first, last);
    if (spec.steps.type !== 'localSteps') {
      const chunks: Chunk[] = [];
      let at = start;
      for (const { epoch, from: a, to: b } of pieces(first, last)) {
        chunks.push(...cut(at, at + b - a, epoch, network.microbatch));
        at += b - a;
      }
      return { node, from: start, to: end, chunks, rounds: [] };
    }
    const { localSteps } = spec.steps;
    const batch = task === 'probe' ? spec.microbatch : spec.batch;
    const rounds: Update[][] = [];
    for (let leaf = first; leaf < last; leaf += 1) {
      rounds.push(
        updatesOf(
          places(leaf, leaf + 1),
          pieces(leaf, leaf + 1),
          batch,
          network.microbatch,
          step * localSteps,
        ),
      );
    }
    return { node, from: start, to: end, chunks: [], rounds };
  });
}

function cut(from: number, to: number, epoch: number | null, most: number): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = from; at < to; at += most) chunks.push({ from: at, to: Math.min(at + most, to), epoch });
  return chunks;
}

/** The updates of one round; a pass never crosses from one epoch to the next. */
function updatesOf(
  [from, to]: readonly [number, number],
  pieces: readonly { readonly epoch: number; readonly from: number; readonly to: number }[],
  batch: number,
  most: number,
  firstStep: number,
): Update[] {
  const updates: Update[] = [];
  for (let at = from; at < to; at += batch) {
    const end = Math.min(at + batch, to);
    const chunks: Chunk[] = [];
    let pieceFrom = from;
    for (const piece of pieces) {
      const pieceTo = pieceFrom + piece.to - piece.from;
      chunks.push(...cut(Math.max(at, pieceFrom), Math.min(end, pieceTo), piece.epoch, most));
      pieceFrom = pieceTo;
    }
    updates.push({ chunks, count: end - at, epoch: chunks[0]?.epoch ?? 0, step: firstStep + updates.length });
  }
  return updates;
}
