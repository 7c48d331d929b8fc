/** What `feedServer.ts` tells: curves of a run that look like training and follow from the step alone, workers, events. */
import {
  compileModel,
  type EpochRecord,
  type EventView,
  findPreset,
  type LocalWorkerView,
  mergeRunSpec,
  RandomStream,
  type Role,
  RUN_FIGURE_NAMES,
  type RunDetail,
  type RunFigureValues,
  type RunResult,
  type RunRow,
  type RunSpec,
  type RunSummary,
  type RunView,
  type StepColumns,
  specSha256,
  trainableLayers,
  type WatchMessage,
  type WatchRequest,
  type WorkerView,
} from '@shoal/core';

/** From there on the validation loss rises. */
const BEST_EPOCH = 6;

/** Key of the noise on the curves; no run uses such a purpose. */
const NOISE = 4_242;

/** At least 0 and below 1, the same for the same step. */
const noise = (step: number, kind = 0): number => new RandomStream([7, NOISE, 0, kind], step).uniform(0);

const HASHES = [
  '5d1f0a7c93be42681c7e90fa35d8b2467710e9cc4f83ab5d26f1907be834ac52',
  'b07e4d9135fa86c2d9e10743bb52c8f6a4173d0e9962fe58c1b30a7d84e6952f',
] as const;

const NO_FIGURES = Object.fromEntries(RUN_FIGURE_NAMES.map((name) => [name, null])) as RunFigureValues;

export type FeedOptions = {
  readonly spec?: RunSpec;
  readonly stepsPerEpoch?: number;
  readonly workers?: number;
  readonly locals?: number;
  readonly dataSet?: 'mnist' | 'digits';
};

export type Snapshot = Extract<WatchMessage, { type: 'snapshot' }>;

const line = (rttMs: number) => ({ rttMs, upBitsPerSecond: 4e7, downBitsPerSecond: 2e8 });

const GATEWAY: WorkerView['gateway'] = {
  ...{ workers: 2_412, threads: 4_980, speed: 181_000 },
  below: [
    { ...{ depth: 1, name: 'school-1', workers: 1_204, threads: 2_500, speed: 91_000 }, ...line(18) },
    { ...{ depth: 2, name: 'room-7', workers: 1, threads: 2, speed: 140 }, ...line(2.5) },
    { ...{ depth: 1, name: 'school-2', workers: 640, threads: 1_300, speed: 47_000 }, ...line(31) },
  ],
};

export class FeedData {
  readonly #spec: RunSpec;
  readonly #stepsPerEpoch: number;
  readonly #dataSet: 'mnist' | 'digits';
  readonly #runId = 'mnist-cnn-20260309-140501-3f9c';
  readonly #locals: readonly LocalWorkerView[];
  readonly #vectorLength: number;
  readonly #trainable: number;
  readonly #layers: readonly string[];
  readonly #events: EventView[] = [];
  #workers: number;
  #hasGateway = false;
  #globalStep = 0;

  constructor({
    spec = findPreset('mnist-cnn'),
    stepsPerEpoch = 215,
    workers = 4,
    locals = 3,
    dataSet = 'mnist',
  }: FeedOptions = {}) {
    this.#spec = spec;
    this.#stepsPerEpoch = stepsPerEpoch;
    this.#dataSet = dataSet;
    this.#workers = workers;
    const model = compileModel(spec.model);
    this.#vectorLength = model.vectorLength;
    this.#trainable = model.trainableLength;
    this.#layers = trainableLayers(model).map(({ layer }) => layer);
    const states: readonly LocalWorkerView['state'][] = ['running', 'running', 'slowed', 'frozen', 'killed'];
    this.#locals = Array.from({ length: locals }, (_, index) => ({
      name: `local-${index + 1}`,
      state: states[index % states.length] ?? 'running',
    }));
    this.#say(
      'run',
      'info',
      `The run ${this.#runId} begins: ${spec.epochs} epochs of ${stepsPerEpoch} steps.`,
    );
    for (const { name } of this.workers)
      this.#say('worker', 'info', `${name} has joined and passed its probe.`);
    this.#say('schedule', 'warn', 'A lease of local-3 is late: its microbatches are granted a second time.');
  }

  get events(): readonly EventView[] {
    return this.#events;
  }

  get runId(): string {
    return this.#runId;
  }

  #say(kind: EventView['kind'], level: EventView['level'], message: string): void {
    const id = this.#events.length + 1;
    this.#events.push({ id, at: Date.UTC(2026, 2, 9, 14, 5, id % 60), level, kind, message });
  }

  /** The run as it is `globalStep` steps after its beginning. */
  get run(): RunView {
    const all = this.#stepsPerEpoch * this.#spec.epochs;
    const epoch = Math.floor(this.#globalStep / this.#stepsPerEpoch);
    const ended = this.#globalStep >= all;
    const records = this.epochs;
    const bestEpoch = records.findLast(({ improved }) => improved)?.epoch ?? 0;
    return {
      runId: this.#runId,
      spec: this.#spec,
      specSha256: specSha256(this.#spec),
      trust: this.#spec.trust,
      dataSet: {
        name: this.#dataSet,
        source: this.#dataSet,
        shape: [1, 28, 28],
        classes: 10,
        sha256: HASHES[1],
      },
      parameters: this.#trainable,
      vectorLength: this.#vectorLength,
      stepsPerEpoch: this.#stepsPerEpoch,
      stepsInAll: all,
      state: ended ? 'finished' : 'training',
      reason: ended
        ? `All ${this.#spec.epochs} epochs are done; the parameters of epoch ${bestEpoch} are delivered.`
        : `${this.#workers} workers compute; the slowest answers within its expected time.`,
      pace: null,
      epoch,
      step: this.#globalStep % this.#stepsPerEpoch,
      globalStep: this.#globalStep,
      elapsedSeconds: this.#globalStep * 0.08,
      remainingSeconds: ended ? null : (all - this.#globalStep) * 0.08,
      samplesPerSecond: 3_180 + Math.round(noise(this.#globalStep, 1) * 120),
      workers: this.#workers,
      earlyStopping:
        this.#spec.earlyStopping === null
          ? null
          : {
              bestEpoch,
              patienceLeft: Math.max(0, this.#spec.earlyStopping.patience - (epoch - bestEpoch)),
              stoppedAfter: null,
            },
      result: ended ? this.#result(this.#runId, HASHES[0]) : null,
    };
  }

  #stepsBetween(after: number, upTo: number): StepColumns {
    const globalStep = Array.from({ length: Math.max(0, upTo - after) }, (_, index) => after + 1 + index);
    return {
      globalStep,
      loss: globalStep.map(
        (step) => 2.2 / (1 + step / 40) + 0.05 + noise(step) * (0.15 + 1 / (1 + step / 30)),
      ),
      learningRate: globalStep.map((step) => 0.001 * Math.min(1, step / 100) * 0.9998 ** step),
      gradientNorm: globalStep.map((step) => 0.2 + 2 / (1 + step / 50) + noise(step, 2) * 0.2),
      samplesPerSecond: globalStep.map(
        (step) => 3_000 + noise(step, 1) * 400 - (step % 500 < 40 ? 1_400 : 0),
      ),
    };
  }

  /** Records of all complete epochs. */
  get epochs(): readonly EpochRecord[] {
    const complete = Math.floor(this.#globalStep / this.#stepsPerEpoch);
    return Array.from({ length: complete }, (_, index) => this.#record(index + 1, 0));
  }

  #record(epoch: number, shift: number): EpochRecord {
    const validationLoss =
      0.06 + 0.35 / epoch + 0.02 * Math.max(0, epoch - BEST_EPOCH) + shift + noise(epoch, 3) * 0.004;
    return {
      epoch,
      trainLoss: 0.02 + 0.45 / epoch + shift,
      trainAccuracy: 1 - 0.13 / epoch - shift / 4,
      trainErrors: Math.round(55_000 * (0.13 / epoch)),
      validationLoss,
      validationAccuracy: 1 - validationLoss / 3.4,
      learningRate: 0.001 * 0.95 ** epoch,
      layerNorms: this.#layers.map((layer, index) => ({
        layer,
        norm:
          (0.6 / (1 + epoch / 3)) * 0.4 ** (this.#layers.length - index) * (1 + noise(epoch, 10 + index) / 5),
      })),
      seconds: 17.2,
      samplesPerSecond: 3_190,
      improved: epoch <= BEST_EPOCH,
    };
  }

  #result(runId: string, parametersSha256: string): RunResult {
    return {
      runId,
      state: 'finished',
      reason: 'All epochs are done.',
      epochs: this.#spec.epochs,
      steps: this.#spec.epochs * this.#stepsPerEpoch,
      bestEpoch: Math.min(BEST_EPOCH, this.#spec.epochs),
      trainLoss: 0.0512,
      trainAccuracy: 0.9871,
      valAccuracy: 0.9878,
      testAccuracy: 0.9891,
      testLoss: 0.0347,
      dataSet: this.#dataSet,
      seconds: 172,
      samplesPerSecond: 3_190,
      parametersSha256,
      modelFile: `runs/${runId}/model.safetensors`,
      checkpointFolder: `runs/${runId}/checkpoints`,
    };
  }

  get workers(): readonly WorkerView[] {
    const states: readonly WorkerView['state'][] = ['computing', 'computing', 'late', 'ready', 'paused'];
    return Array.from({ length: this.#workers }, (_, index): WorkerView => {
      const local = index < this.#locals.length;
      const state = this.#workers <= 4 ? 'computing' : (states[index % states.length] ?? 'ready');
      const speed = Math.round(300 + 900 * noise(index, 4));
      return {
        id: index + 1,
        name: local ? `local-${index + 1}` : `volunteer-${index + 1}`,
        agent: local ? 'node 24.1.0 linux' : 'Chrome 140 Windows',
        kind: local ? 'node' : 'browser',
        local,
        engine: 'wasm-strict',
        threads: 1 + (index % 4),
        speed,
        share: 1 / this.#workers,
        samples: this.#globalStep * 40 + index,
        samplesLate: index % 7 === 2 ? 90 : 0,
        help: 'counts',
        leasesDone: this.#globalStep + index,
        leasesLost: index % 7 === 2 ? 3 : 0,
        leasesHeld: state === 'computing' ? 2 : 0,
        upBitsPerSecond: local ? null : 1e6 + index * 1e5,
        downBitsPerSecond: local ? null : 1e7 + index * 1e6,
        rttMs: local ? 0.4 : 12 + index / 10,
        bytesSent: this.#globalStep * 139_304,
        bytesReceived: this.#globalStep * 139_520,
        state,
        reason:
          state === 'late' ? 'Its lease is 1.4 s over its expected time.' : 'Its lease is due in 0.3 s.',
        joinedSecondsAgo: 40 + this.#globalStep / 10,
        gateway: index === 3 && this.#hasGateway ? GATEWAY : null,
        trust: { believed: local, standing: local ? 0 : 12 + index, checked: local ? 0 : 3 },
      };
    });
  }

  get locals(): readonly LocalWorkerView[] {
    return this.#locals;
  }

  get rows(): readonly RunRow[] {
    return [
      'mnist-cnn-20260309-140501-3f9c',
      'mnist-cnn-20260309-133112-a81e',
      'mnist-mlp-20260308-170244-07d2',
    ].flatMap((runId) => {
      const detail = this.detail(runId);
      return detail === undefined ? [] : [{ summary: summaryOf(detail), spec: detail.spec }];
    });
  }

  detail(runId: string): RunDetail | undefined {
    const current = runId === this.#runId;
    const [, day, hour] = /-2026030(\d)-(\d\d)/.exec(runId) ?? [];
    if (day === undefined || hour === undefined) return undefined;
    const mlp = runId.startsWith('mnist-mlp');
    const spec = mlp
      ? mergeRunSpec(findPreset('mnist-mlp'), { epochs: 8, trust: { spotCheck: 0.25, quorum: 3 } })
      : this.#spec;
    const { trust, ...publicSpec } = spec;
    const { run } = this;
    const result = current ? run.result : this.#result(runId, mlp ? HASHES[1] : HASHES[0]);
    const shift = mlp ? 0.05 : 0;
    return {
      runId,
      ...NO_FIGURES,
      preset: spec.name,
      about: spec.about,
      ...{ name: spec.name, tags: [], notes: '', archived: false },
      createdAt: `2026-03-0${day}T${hour}:05:00Z`,
      endedAt: null,
      state: current ? run.state : mlp ? 'stopped' : 'finished',
      model: mlp ? 'dense × 2' : 'conv2d × 2, dense',
      testAccuracy: result?.testAccuracy ?? null,
      testLoss: result?.testLoss ?? null,
      seconds: result?.seconds ?? 20,
      epochs: current ? run.epoch : spec.epochs,
      dataSet: this.#dataSet,
      optimizer: { type: spec.optimizer.type, lr: spec.optimizer.lr },
      parametersSha256: result?.parametersSha256 ?? null,
      specSha256: specSha256(spec),
      alike: null,
      spec: publicSpec,
      dataSetInfo: run.dataSet,
      trust,
      records: current
        ? this.epochs
        : Array.from({ length: spec.epochs }, (_, index) => this.#record(index + 1, shift)),
      steps: this.#stepsBetween(0, 600),
      result,
    };
  }

  /** Goes to a later step, or back to an earlier one as a resumed run does. */
  advance(globalStep: number): { run: RunView; steps: StepColumns; epochs: readonly EpochRecord[] } {
    const before = this.#globalStep;
    this.#globalStep = Math.min(globalStep, this.#stepsPerEpoch * this.#spec.epochs);
    const known = Math.floor(before / this.#stepsPerEpoch);
    return {
      run: this.run,
      steps: this.#stepsBetween(before, this.#globalStep),
      epochs: this.epochs.filter(({ epoch }) => epoch > known),
    };
  }

  /** The fourth worker stands for others, some of whom have joined a gateway below it. */
  withGateway(): void {
    this.#hasGateway = true;
  }

  withWorkers(workers: number): void {
    this.#workers = workers;
  }

  snapshot(role: Role, have: WatchRequest['have']): Snapshot {
    const after = have?.runId === this.#runId ? have.globalStep : 0;
    return {
      type: 'snapshot',
      role,
      version: '0.1.0',
      run: this.run,
      steps: this.#stepsBetween(after, this.#globalStep),
      epochs: this.epochs,
      workers: this.workers,
      locals: this.#locals,
      events: this.#events,
      runs: { count: this.rows.length, change: 1 },
      join:
        role === 'operator'
          ? {
              links: [
                'http://192.168.1.20:7433/join#k3Jv0yqWm9Qd7hXs2TzB5nLr',
                'http://10.0.0.5:7433/join#k3Jv0yqWm9Qd7hXs2TzB5nLr',
              ],
              watchLinks: ['http://192.168.1.20:7433/#v8Lw2pRt6YbN1cKf4GxH9mQs'],
              gatewayLinks: ['http://192.168.1.20:7433/#g3Kx7mWq2TzR9vBn5CpJ1sLd'],
            }
          : null,
      scene: null,
      readsData: true,
      queue: { going: null, waiting: [] },
    };
  }
}

function summaryOf({
  spec: _spec,
  trust: _trust,
  records: _records,
  steps,
  result,
  ...summary
}: RunDetail): RunSummary {
  return { ...summary, steps: result?.steps ?? steps.globalStep.length };
}
