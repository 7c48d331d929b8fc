/** Everything of Shoal that runs anywhere: models, engines, optimizers, data, the reduction tree and the protocol. */

export { type BackoffBounds, backoffMs } from './base/backoff.ts';
export { reasonOf } from './base/reason.ts';
export { unreachable } from './base/unreachable.ts';
export type { CheckedState } from './checkpoint/checkpoint.ts';
export { decodeCheckpoint, encodeCheckpoint } from './checkpoint/checkpoint.ts';
export { CheckpointError } from './checkpoint/checkpointError.ts';
export { exportModel, importParameters, readMetadata } from './checkpoint/modelFile.ts';
export type { Vouchers } from './checkpoint/progressSchema.ts';
export { answerLevel, upKind } from './coding/kind.ts';
export { isScale } from './coding/scale.ts';
export { BlockError } from './data/blockError.ts';
export {
  BlockAssembler,
  type BlockInfo,
  type BlocksManifest,
  blocksOf,
  checkBlock,
  decodeSamples,
  encodeSamples,
  parseBlocksManifest,
  sampleBytes,
  sliceOf,
} from './data/blocks.ts';
export {
  classSamples,
  type DataSet,
  type DataSetInfo,
  type DataSplits,
  type Samples,
  SET_NAMES,
  type SetName,
  selectSamples,
} from './data/dataSet.ts';
export { augmentOf, choiceOf } from './data/dataSpec.ts';
export { digitsDataSet, digitsForRun } from './data/digits/digits.ts';
export { SampleWriter } from './data/fill.ts';
export { encodeIdx, parseIdxImages, parseIdxLabels, parseIdxSamples } from './data/idx.ts';
export type { IdxFile } from './data/idxContent.ts';
export { IdxError } from './data/idxError.ts';
export {
  BLOCKS_MIXED,
  epochOrder,
  ORDER_BLOCK_SAMPLES,
  orderByBlocks,
  permutation,
  StreamOrder,
  shuffledOrder,
} from './data/order.ts';
export {
  type Cell,
  isMissingText,
  numberOf,
  type PreparedColumn,
  preparedLength,
  prepareRow,
  type TablePreparation,
  type TargetScale,
} from './data/preparation.ts';
export {
  DATA_SOURCES,
  type DataSourceName,
  type DataSpec,
  TABLE_NAMES,
  type TableName,
} from './data/sources.ts';
export { samplesBetween, splitForRun, splitSizes } from './data/split.ts';
export { tableDataSet } from './data/tables.ts';
export { moveRows, newTensor, type Tensor, tensorText, typeOf, valuesOf } from './data/tensor.ts';
export { droppedNeurons } from './engine/dropoutMask.ts';
export type {
  BatchSums,
  CompileOptions,
  DeviceEngine,
  DeviceExecutor,
  Engine,
  EngineName,
  Executor,
  GradientPlace,
  Numerics,
  RandomAddress,
} from './engine/engine.ts';
export { ENGINE_NAMES } from './engine/engine.ts';
export {
  ACTIVATION_NAMES,
  type ActivationName,
  activationOf,
} from './engine/reference/activations.ts';
export { checkGradient, type GradientCheck } from './engine/reference/checkGradient.ts';
export { isCorrect, lossOf } from './engine/reference/losses.ts';
export { referenceEngine } from './engine/reference/referenceEngine.ts';
export type { InspectableExecutor } from './engine/wasm/inspect.ts';
export { KERNEL_BUILD } from './engine/wasm/kernelBuild.generated.ts';
export type { CallLabel, Pass } from './engine/wasm/plan.ts';
export type { Products } from './engine/wasm/products.ts';
export { isProfiled, type ProfiledExecutor } from './engine/wasm/profile.ts';
export { hasRelaxedSimd } from './engine/wasm/relaxedSimd.ts';
export {
  blasEngineOf,
  compileInspectable,
  findWasmRelaxedEngine,
  wasmStrictEngine,
} from './engine/wasm/wasmEngine.ts';
export { type GpuAdapter, isPlayedGpu, nameOfGpu, openGpuDevice } from './engine/webgpu/adapter.ts';
export { DeviceNetwork } from './engine/webgpu/deviceNetwork.ts';
export { DeviceLostError, type GpuDevice } from './engine/webgpu/gpu.ts';
export { webgpuEngineOf } from './engine/webgpu/webgpuEngine.ts';
export {
  type Choice as ExchangeChoice,
  type Choices,
  choicesOf,
  type ExchangeName,
  expectedTrainCount,
} from './exchange/choices.ts';
export { ASSUMED_LINE, ASSUMED_LINK_BITS_PER_SECOND, crowdOf } from './exchange/crowd.ts';
export { exportOnnx, type OnnxOptions } from './export/onnx.ts';
export { ProtoWriter } from './export/protobuf.ts';
export { exportPyTorch } from './export/pytorch.ts';
export type {
  ConnectionFact,
  DisconnectFact,
  IncapableFact,
  LeaveFact,
  SessionEndFact,
} from './facts/connectionFacts.ts';
export type { ControlFact, PauseFact, ResumeFact, TrustChangedFact } from './facts/controlFacts.ts';
export type { EndingFact, Fact, FactOf, FactType, TextFact } from './facts/fact.ts';
export type { BlockFact, CheckpointFact, IdxFact } from './facts/fileFacts.ts';
export type { ModelFact } from './facts/modelFacts.ts';
export type { CompletedFact, DivergedFact, OutcomeFact } from './facts/outcomeFacts.ts';
export {
  type BrokenOffFact,
  RUN_ENDS,
  type RunEnd,
  type RunEndFact,
  type RunFact,
} from './facts/runFacts.ts';
export type { DataFoundFact, ServiceFact } from './facts/serviceFacts.ts';
export type { DataFact, FittingFact, MisfitFact, SpecFact } from './facts/specFacts.ts';
export type { StoppedFact, StoppingFact } from './facts/stoppingFacts.ts';
export type { SweepFact } from './facts/sweepFacts.ts';
export type { RunStateFact, ViewFact, WorkerStateFact } from './facts/viewFacts.ts';
export type { DepartureFact, DismissalFact, WorkerFact } from './facts/workerFacts.ts';
export type { RollbackFact, SecondLookFact, WorkFact } from './facts/workFacts.ts';
export { compileModel } from './nn/compile.ts';
export { initialParameters } from './nn/initialize.ts';
export type { InitializerSpec, LayerSpec, LayerType, LossName, ModelSpec, Shape } from './nn/layers.ts';
export type { Layer, Model, TensorInfo } from './nn/model.ts';
export { ModelError } from './nn/modelError.ts';
export { type LayerFlops, productFlops } from './nn/productFlops.ts';
export { lengthOf } from './nn/shapes.ts';
export { flopsPerSample, summarizeModel } from './nn/summary.ts';
export { hasAccuracy, TARGETS } from './nn/targets.ts';
export { allLayers } from './nn/walk.ts';
export { trainableLayers } from './optim/gradient.ts';
export { referenceTrajectory } from './optim/referenceOptimizer.ts';
export type { OptimizerSpec, ScheduleSpec } from './optim/specs.ts';
export type { OptimizerState, UpdateReport } from './optim/stepUpdater.ts';
export { descend, runTrajectory } from './optim/trajectory.ts';
export { type Answer, addSums, judged, type Sums, type VectorStore } from './parallel/answer.ts';
export { heldAnswers, newReduction, partsOf, type Reduction, reduce, rootOf } from './parallel/reduction.ts';
export {
  leavesOf,
  nodeKey,
  nodesOfRange,
  parentOf,
  siblingOf,
  type TreeNode,
  treeHeight,
  widthOf,
} from './parallel/tree.ts';
export { bytesOf, floatsOf, uint32sOf } from './protocol/bytes.ts';
export { xxh32 } from './protocol/checksum.ts';
export {
  decodeCoordinatorMessage,
  decodeWorkerMessage,
  encodeMessage,
  FrameError,
} from './protocol/codec.ts';
export { ByeCode, type ByeName, type FailureCode, type Help, type LeaveCode } from './protocol/codes.ts';
export {
  type Coding,
  Codings,
  faultOfBytes,
  readVector,
  readVectorInto,
  type VectorFault,
  type VectorReading,
} from './protocol/coding.ts';
export {
  ADDRESSES_MAX,
  CONTRIBUTORS_MAX,
  DEFAULT_LIMITS,
  GATEWAY_DEPTH_MAX,
  GATEWAY_LEASES_MAX,
  GATEWAYS_TOLD_MAX,
  PROTOCOL_VERSION,
  type ProtocolLimits,
  STANDING_RECORDS_MAX,
} from './protocol/limits.ts';
export type {
  CoordinatorMessage,
  Crew,
  Dismissed,
  GuestHello,
  Hello,
  LeaseMessage,
  ParametersMessage,
  PartialAnswer,
  Standing,
  ToldFact,
  Vouched,
  Welcome,
  WorkerMessage,
} from './protocol/messages.ts';
export { printable } from './protocol/printable.ts';
export {
  type CoordinatorSaying,
  sealMessage,
  type UnsealedParameters,
  type UnsealedPartial,
  type WorkerSaying,
} from './protocol/sealing.ts';
export { Purpose, RandomStream, threefry } from './random/threefry.ts';
export { parseReferenceFile, type ReferenceFile, ReferenceFileError } from './selftest/referenceFile.ts';
export {
  type RunOptimizer,
  runSelfTest,
  SELF_TEST_TOLERANCE,
  type SelfTestCase,
} from './selftest/selfTest.ts';
export { canonicalJson, publishedSpec, specSha256, withoutTrust } from './spec/canonicalJson.ts';
export { checkExtent } from './spec/extent.ts';
export { checkModelFitsData, type DataFitting, fitSpecToData, fittingOf, misfitsOf } from './spec/fitData.ts';
export { type FieldForm, formAt, LAYER_TYPES, layerForm, newData, newLayer } from './spec/forms.ts';
export { LAYERS_MAX } from './spec/layerSchema.ts';
export { nearestName } from './spec/nearestName.ts';
export { explainOutcome, type Measured } from './spec/outcome/explainOutcome.ts';
export { applyFields, applyOverrides, mergeRunSpec } from './spec/overrides.ts';
export { findPreset, type Preset, presets } from './spec/presets/presets.ts';
export { resolveRunSpec, resolveStoredSpec } from './spec/resolve.ts';
export type {
  CodingName,
  CodingSpec,
  InitialSpec,
  OuterSpec,
  RunSpec,
  StepsSpec,
  TrustSpec,
} from './spec/runSpec.ts';
export { SpecError, type SpecProblem } from './spec/specError.ts';
export { isSweepName, resolveSweep } from './sweep/resolveSweep.ts';
export {
  type NextTrial,
  rungsOf,
  type SweepStanding,
  standingOf,
  type TrialRecord,
} from './sweep/standing.ts';
export {
  SWEEP_METRICS,
  type Sweep,
  type SweepAxis,
  type SweepGoal,
  type SweepMetric,
  type SweepSearch,
  type Trial,
} from './sweep/sweep.ts';
export { refusalAt } from './sweep/sweepError.ts';
export { trialsOf, valuesText } from './sweep/trials.ts';
export { counted } from './text/counted.ts';
export { shortHash } from './text/shortHash.ts';
export {
  type Beginning,
  beginningParameters,
  checkInitialFile,
  checkInitialSha256,
} from './train/beginning.ts';
export { type Updater, updaterOf } from './train/codedUpdater.ts';
export { determination } from './train/determination.ts';
export { DeviceComputer } from './train/deviceComputer.ts';
export { type EarlyStoppingState, initialEarlyStopping, observeEpoch } from './train/earlyStopping.ts';
export { addStep, epochMeans } from './train/epochMeans.ts';
export { type Evaluation, evaluateSplit } from './train/evaluate.ts';
export { frozenLength } from './train/frozen.ts';
export {
  type Computation,
  type ComputeTask,
  type LeafComputer,
  type LeafComputerOptions,
  type LeafRequest,
  ThreadComputer,
} from './train/leafComputer.ts';
export { completion, divergence, type EpochReport, type RunOutcome, vectorSha256 } from './train/outcome.ts';
export {
  type EpochPiece,
  firstStepOf,
  leafCount,
  leafRange,
  leavesOfStep,
  piecesOf,
  piecesOfLeaves,
  type RunShape,
  type SampleRange,
  samplesOfLeaves,
  samplesOfStep,
  stepsOfEpoch,
  totalSteps,
} from './train/position.ts';
export { loadPredictor, type Prediction, Predictor } from './train/predictor.ts';
export { EMPTY_EPOCH, type EpochSums, type LastEpoch, type RunProgress } from './train/progress.ts';
export { leafRuleOf } from './train/stepRule.ts';
export { checkStepsFit, probePieces, shapeOfRun, vectorsOf } from './train/stepShape.ts';
export { type TrainAloneOptions, trainAlone } from './train/trainAlone.ts';
export { type StepReport, TrainingRun, type TrainingRunOptions } from './train/trainingRun.ts';
export { classesOf, givesProbabilities, Vote, type VoteEvaluation } from './train/vote.ts';
export { VectorArena, type VectorId } from './vectors/arena.ts';
export { type KernelTeam, SHARED_OUT_MIN } from './vectors/kernelTeam.ts';
export { sharedArena } from './vectors/sharedArena.ts';
export {
  type EpochRecord,
  type RegressionFigures,
  RUN_STATES,
  type RunResult,
  type RunStateName,
} from './watch/records.ts';
export {
  isRunFigure,
  RUN_FIGURE_NAMES,
  RUN_FIGURES,
  type RunFigure,
  type RunFigureValues,
} from './watch/runFigures.ts';
export {
  askRuns,
  canSortRunsBy,
  DEFAULT_RUN_QUERY,
  type Facet,
  type RunListView,
  type RunQuery,
  type RunRow,
  runFieldOf,
} from './watch/runQuery.ts';
export {
  CHARTED_STEP_METRICS,
  type ChartedStepMetric,
  columnsOf,
  emptyColumns,
  type MutableStepColumns,
  pointOfRow,
  rowOf,
  STEP_FIELDS,
  STEP_METRICS,
  type StepColumns,
  type StepField,
  type StepMetric,
  type StepMetricForm,
  type StepPoint,
} from './watch/stepMetrics.ts';
export type {
  SweepField,
  SweepState,
  SweepSummary,
  SweepView,
  TrialState,
  TrialView,
} from './watch/sweepViews.ts';
export {
  type ClusterView,
  type DataOffer,
  type EventView,
  type GatewayBelow,
  type GatewayCrew,
  type Invitation,
  type JoinInfo,
  LOCAL_ACTIONS,
  type LocalAction,
  type LocalWorkerView,
  PACE_MAX,
  PACE_MIN,
  type PublicSpec,
  type QueueEntry,
  type QueueView,
  RANKING_MAX,
  type RefusalCode,
  type Role,
  type RunDetail,
  type RunSummary,
  type RunsMark,
  type RunView,
  type WorkerMode,
  type WorkerView,
} from './watch/views.ts';
export {
  EPOCH_POINTS_MAX,
  EVENTS_MAX,
  STEP_POINTS_MAX,
  WATCH_PATH,
  type WatchMessage,
  type WatchRequest,
  WORKERS_SHOWN_MAX,
} from './watch/watchMessages.ts';
export type { TermKind } from './words/chinese/terms.ts';
export { suggestion } from './words/english/names.ts';
export { connectionMessage, leaveMessage } from './words/messages.ts';
export { aboutIn, nameIn } from './words/naming.ts';
export { SCENE_SENTENCES } from './words/scenes.ts';
export { sentence, sentences, toldSentences } from './words/sentence.ts';
export { volunteerWords } from './words/volunteer.ts';
export type { Language, Wording } from './words/wording.ts';
