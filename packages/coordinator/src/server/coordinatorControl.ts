/** What pages may see of a coordinator and ask of it. A coordinator's service does it; the HTTP interface and the feed call it. */
import type {
  BrokenOffFact,
  ClusterView,
  ControlFact,
  DataOffer,
  EpochRecord,
  EventView,
  Fact,
  InitialSpec,
  Invitation,
  JoinInfo,
  LocalAction,
  LocalWorkerView,
  QueueView,
  RefusalCode,
  RunDetail,
  RunListView,
  RunQuery,
  RunSpec,
  RunSummary,
  RunsMark,
  RunView,
  StepColumns,
  SweepSummary,
  SweepView,
  Welcome,
  WorkerView,
} from '@shoal/core';

/** A request that cannot be met as things are. The message is a sentence. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
  readonly status: 404 | 409;
  /** By which a page finds the sentence in its own language. */
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
    this.status = NOT_THERE.has(code) ? 404 : 409;
  }
}

const NOT_THERE: ReadonlySet<RefusalCode> = new Set([
  'noSuchRun',
  'noSuchWorker',
  'noSuchLocal',
  'notRemoved',
  'noData',
  'noModel',
  'noSuchState',
  'notQueued',
  'noSuchSweep',
]);

export type SpecCheck = {
  readonly spec: RunSpec;
  readonly parameters: number;
  readonly vectorLength: number;
  readonly flopsPerSample: number;
  readonly notices: readonly string[];
  /** What the notices say. */
  readonly facts: readonly Fact[];
};

/** What was asked to begin. */
export type Submitted = {
  /** Of the run, or of the sweep. */
  readonly id: string;
  /** In the queue, 1 for the next; 0 where it has begun. */
  readonly place: number;
};

export type SweepCheck = {
  readonly name: string;
  readonly trials: readonly { readonly number: number; readonly values: Readonly<Record<string, unknown>> }[];
};

export type TrustReport = {
  readonly runId: string;
  readonly spotCheck: number;
  readonly quorum: number;
  /** Answers found right, of all workers that are there, and identities convicted so far. */
  readonly checked: number;
  readonly convicted: number;
};

/** How the run that goes on is slowed down; `stepsPerSecond` is null at full speed. */
export type PaceReport = { readonly runId: string; readonly stepsPerSecond: number | null };

/** What people say of a run; what is left out stays as it is. */
export type LabelChange = {
  readonly name?: string;
  readonly tags?: readonly string[];
  readonly notes?: string;
  readonly archived?: boolean;
};

/** What a request asks for; the fields are checked as those of a spec are. */
export type TrustChange = { readonly spotCheck?: unknown; readonly quorum?: unknown };

export type RunAction = 'pause' | 'resume' | 'step' | 'stop' | 'finish';
/** An operator who revoked the operator's own link would lock everybody out. */
export type RevocableRole = 'worker' | 'viewer' | 'gateway';
export type WorkerAction = 'pause' | 'continue' | 'drain' | 'remove';

/** Somebody who was sent away and stays away until let in again. */
export type RemovedWorker = {
  readonly id: number;
  readonly name: string;
  readonly removedSecondsAgo: number;
};

/** Bytes that many may ask for: what is made under one key is the same, so that it is made once for all who read it. */
export type SharedBytes = { readonly key: string; readonly make: () => Uint8Array<ArrayBuffer> };

/* Methods of the following throw ControlError, or an error with a sentence for what is wrong with the request. */

/** The runs in the folder of runs. */
export interface KeptRunsControl {
  /** How many there are, and whether the list is another one than before. */
  readonly mark: RunsMark;
  ask(query: RunQuery): Promise<RunListView>;
  detail(runId: string): Promise<RunDetail>;
  /** Its curves as CSV. */
  curvesCsv(runId: string): Promise<string>;
  /** The file of the model that a run has delivered. */
  model(runId: string): Promise<SharedBytes>;
  /** The parameters in it, as the flat vector. */
  parameters(runId: string): Promise<SharedBytes & { readonly globalStep: number }>;
  /** Names a run, tags it, writes notes to it, puts it away or takes it out again; what is left out stays. */
  label(runId: string, change: LabelChange): Promise<RunSummary>;
  /** For good, with its model; never one that goes on. */
  delete(runId: string): Promise<void>;
  /** The steps after which parameters of the run were kept, ascending; none of a large model. */
  keptSteps(runId: string): Promise<readonly number[]>;
  /** The flat vector of the parameters after a step as bytes. */
  keptState(runId: string, step: number): Promise<SharedBytes>;
}

/** What waits behind the run that goes on. */
export interface QueueControl {
  readonly view: QueueView;
  /** `place` is 1 for the next. @returns what was decided */
  move(id: string, place: number): Promise<ControlFact>;
  remove(id: string): Promise<ControlFact>;
}

export interface SweepsControl {
  list(): Promise<readonly SweepSummary[]>;
  view(name: string): Promise<SweepView>;
  /** What the sweep would train; nothing begins. */
  check(input: unknown): Promise<SweepCheck>;
  start(input: unknown): Promise<Submitted>;
  /** Goes on with one that was begun before. */
  resume(name: string): Promise<Submitted>;
  stop(name: string): ControlFact;
}

/** Each of these returns what was decided. */
export interface WorkersControl {
  control(id: number, action: WorkerAction): ControlFact;
  /** Those who were removed, the latest first. */
  readonly removed: readonly RemovedWorker[];
  letIn(id: number): ControlFact;
  /** `unchecked`: poison though nothing is checked. */
  controlLocal(name: string, action: LocalAction, unchecked: boolean): ControlFact;
  addLocal(): ControlFact;
}

/** What those see who were invited to compute. */
export interface ClassroomControl {
  /** What somebody is told before joining. */
  readonly invitation: Invitation;
  /** The scene of the lecture that the operator shows; null while none is shown. */
  readonly scene: string | null;
  showScene(scene: string | null): void;
  /** Whether those who have joined are shown who has done most. */
  showRanking(isShown: boolean): void;
}

/** What pages and workers may have of the current run as bytes. */
export interface RunBytesControl {
  /** The flat vector of the parameters. */
  parameters(): SharedBytes & { readonly runId: string; readonly globalStep: number };
  /** Of the data set, with the run's name. */
  manifests(): { readonly runId: string; readonly manifests: Welcome['data'] };
  /** Whether a page shows samples of this block. */
  isShown(sha256: string): boolean;
  /**
   * @param mayPack with gzip
   * @param isWork a worker fetches it, and no page that shows it
   * @returns null when the data set of the current run has no such block, or there is no run
   */
  block(
    sha256: string,
    mayPack: boolean,
    isWork: boolean,
  ): Promise<(SharedBytes & { readonly packed: boolean }) | null>;
}

export interface CoordinatorControl {
  readonly version: string;
  /** Null where it is alone. */
  readonly cluster: ClusterView | null;
  readonly runs: KeptRunsControl;
  readonly queue: QueueControl;
  readonly sweeps: SweepsControl;
  readonly people: WorkersControl;
  readonly classroom: ClassroomControl;
  readonly bytes: RunBytesControl;

  readonly run: RunView | null;
  /** The current run's curve after a step; empty without a run. */
  stepsAfter(globalStep: number): StepColumns;
  readonly epochs: readonly EpochRecord[];
  readonly workers: readonly WorkerView[];
  readonly locals: readonly LocalWorkerView[];
  readonly newestEvent: number;
  eventsAfter(id: number): readonly EventView[];
  joinInfo(): Promise<JoinInfo>;
  /** All links of the role, and all credentials got by them, hold no longer; returns the new links. */
  revokeLinks(role: RevocableRole): Promise<{ readonly fact: ControlFact; readonly join: JoinInfo }>;

  /** The data sets in the folder that the operator named, or in the project's. */
  offers(): Promise<readonly DataOffer[]>;
  checkSpec(input: unknown): Promise<SpecCheck>;
  /** How a spec names the model that this run has delivered, to begin with it. */
  initialOf(runId: string): Promise<Pick<InitialSpec, 'sha256' | 'from'>>;
  /** Begins it, or lets it wait behind the one that goes on. */
  startRun(input: unknown): Promise<Submitted>;
  resumeRun(runId: string): Promise<Submitted>;
  /** @returns what was decided */
  controlRun(action: RunAction): ControlFact | BrokenOffFact;
  /** How many steps begin in a second, at most; null: nothing holds them back. */
  readonly pace: PaceReport;
  changePace(stepsPerSecond: number | null): ControlFact;
  /** How the workers of the run that goes on are checked. */
  readonly trust: TrustReport;
  /** Changes what is given of it. */
  changeTrust(change: TrustChange): Promise<ControlFact>;
}
