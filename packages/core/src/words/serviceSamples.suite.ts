/** Samples of what happens in a coordinator: runs, workers, control, decisions, views. */
import type { ControlFact } from '../facts/controlFacts.ts';
import type { RunFact } from '../facts/runFacts.ts';
import type { ServiceFact } from '../facts/serviceFacts.ts';
import type { ViewFact } from '../facts/viewFacts.ts';
import type { WorkerFact } from '../facts/workerFacts.ts';
import type { WorkFact } from '../facts/workFacts.ts';
import { FAILURE_CODES, LEAVE_CODES } from '../protocol/codes.ts';

type Told = RunFact | ControlFact | WorkerFact | WorkFact | ViewFact | ServiceFact;

const name = 'local-2';
const problem = 'ENOSPC: no space left on device, write';
const finished = { type: 'operatorFinished', epoch: 3, step: 120 } as const;
const range = { from: 3, to: 6 };
const single = { from: 3, to: 4 };

export const SERVICE_SAMPLES: {
  readonly [T in Told['type']]: readonly Extract<Told, { readonly type: T }>[];
} = {
  operatorFinished: [finished],
  operatorStopped: [{ type: 'operatorStopped' }],
  interrupted: [
    { type: 'interrupted', signal: 'SIGINT' },
    { type: 'interrupted', signal: 'SIGTERM' },
    { type: 'interrupted', signal: 'SIGHUP' },
  ],
  takenOver: [{ type: 'takenOver', what: 'xor-1', by: 'process 77' }],
  trustedWorkerFailed: [{ type: 'trustedWorkerFailed', problem: 'No memory' }],
  localWorkersGone: [{ type: 'localWorkersGone' }],
  rungReached: [
    { type: 'rungReached', sweep: 'rates', epochs: 1 },
    { type: 'rungReached', sweep: 'rates', epochs: 3 },
  ],
  queueAdded: [{ type: 'queueAdded', name: 'xor', place: 2 }],
  queueMoved: [{ type: 'queueMoved', name: 'xor', place: 1 }],
  queueRemoved: [{ type: 'queueRemoved', name: 'xor' }],
  queueDropped: [{ type: 'queueDropped', name: 'xor', problem: 'MNIST was not found.' }],
  sweepBegins: [
    { type: 'sweepBegins', name: 'rates', trials: 20, left: 20 },
    { type: 'sweepBegins', name: 'rates', trials: 20, left: 7 },
  ],
  sweepStops: [{ type: 'sweepStops', name: 'rates' }],
  sweepEnds: [
    { type: 'sweepEnds', name: 'rates', best: 7 },
    { type: 'sweepEnds', name: 'rates', best: null },
  ],
  runBegins: [{ type: 'runBegins', runId: 'xor-1' }],
  runGoesOn: [{ type: 'runGoesOn', runId: 'xor-1', step: 40 }],
  runEnded: [
    { type: 'runEnded', runId: 'xor-1', state: 'stopped', why: [{ type: 'operatorStopped' }] },
    { type: 'runEnded', runId: 'xor-1', state: 'failed', why: [{ type: 'localWorkersGone' }] },
    {
      type: 'runEnded',
      runId: 'xor-1',
      state: 'diverged',
      why: [{ type: 'diverged', epoch: 1, step: 7, learningRate: 9 }],
    },
    {
      type: 'runEnded',
      runId: 'xor-1',
      state: 'finished',
      why: [
        { type: 'epochsDone', epochs: 3 },
        { type: 'learnedNothing', epochs: 3, trainLoss: 2.3, guessing: 2.3 },
      ],
    },
  ],
  epochUnwritten: [{ type: 'epochUnwritten', epoch: 4, problem }],
  epochsUnwritten: [{ type: 'epochsUnwritten', problem }],
  resultUnwritten: [{ type: 'resultUnwritten', folder: 'runs/xor-1', problem }],
  checkpointUnwritten: [{ type: 'checkpointUnwritten', file: 'last.safetensors', problem }],
  statesUnwritten: [{ type: 'statesUnwritten', folder: 'states', problem }],
  curveUnwritten: [{ type: 'curveUnwritten', file: 'steps.jsonl', problem }],
  standingUnwritten: [{ type: 'standingUnwritten', file: 'standing.json', problem }],
  convictionUnwritten: [{ type: 'convictionUnwritten', file: 'convictions.jsonl', problem }],
  keyNotRemoved: [{ type: 'keyNotRemoved', folder: 'runs/xor-1', problem }],
  runsUnreadable: [{ type: 'runsUnreadable', problem }],
  runIndexMade: [
    { type: 'runIndexMade', folder: 'runs', runs: 1 },
    { type: 'runIndexMade', folder: 'runs', runs: 2_000 },
  ],
  runIndexUnusable: [{ type: 'runIndexUnusable', file: 'runs/index.sqlite', problem }],
  webhookFailed: [
    { type: 'webhookFailed', host: 'hooks.example.org', event: 'runEnded', why: 'it answered 500' },
  ],

  operatorPaused: [{ type: 'operatorPaused' }],
  leadUncertain: [{ type: 'leadUncertain' }],
  leadCertain: [{ type: 'leadCertain' }],
  operatorResumed: [{ type: 'operatorResumed' }],
  resumedToEnd: [{ type: 'resumedToEnd' }],
  runPaused: [0, 1, 4].map((leases) => ({
    type: 'runPaused',
    because: { type: 'operatorPaused' },
    leases,
  })),
  runFinishing: [
    { type: 'runFinishing', because: finished, after: 'step' },
    { type: 'runFinishing', because: finished, after: 'validation' },
  ],
  operatorSteps: [{ type: 'operatorSteps' }],
  paceChanged: [null, 1, 2.5].map((stepsPerSecond) => ({ type: 'paceChanged', stepsPerSecond })),
  workerPaused: [{ type: 'workerPaused', name }],
  workerContinues: [{ type: 'workerContinues', name }],
  workerDrains: [{ type: 'workerDrains', name }],
  workerRemoved: [
    { type: 'workerRemoved', name, staysAway: true },
    { type: 'workerRemoved', name, staysAway: false },
  ],
  workerLetIn: [{ type: 'workerLetIn', name }],
  linksRevoked: [
    { type: 'linksRevoked', role: 'worker' },
    { type: 'linksRevoked', role: 'viewer' },
    { type: 'linksRevoked', role: 'gateway' },
  ],
  credentialNotRevoked: [{ type: 'credentialNotRevoked', problem }],
  trustChanged: [
    { type: 'trustChanged', spotCheck: 0, quorum: 1 },
    { type: 'trustChanged', spotCheck: 0.05, quorum: 1 },
    { type: 'trustChanged', spotCheck: 0.05, quorum: 3 },
  ],
  localStarted: [{ type: 'localStarted', name }],
  localRestarted: [
    { type: 'localRestarted', name, asNew: true },
    { type: 'localRestarted', name, asNew: false },
  ],
  localKilled: [{ type: 'localKilled', name }],
  localFrozen: [{ type: 'localFrozen', name }],
  localSlowed: [{ type: 'localSlowed', name }],
  localPoisoned: [{ type: 'localPoisoned', name }],
  localMended: [{ type: 'localMended', name }],

  noRunGoing: [{ type: 'noRunGoing' }],
  standsBy: [
    { type: 'standsBy', leader: null },
    { type: 'standsBy', leader: 'http://192.168.1.20:7465' },
  ],
  coordinatorEnded: [{ type: 'coordinatorEnded' }],
  tokenMissing: [{ type: 'tokenMissing' }],
  tokenWrong: [{ type: 'tokenWrong' }],
  tokenExpired: [{ type: 'tokenExpired' }],
  tokenRevoked: [{ type: 'tokenRevoked' }],
  roleForbids: (['watch', 'data', 'compute', 'control'] as const).map((action) => ({
    type: 'roleForbids',
    role: 'viewer',
    action,
  })),
  linkNotForGateways: [{ type: 'linkNotForGateways' }],
  linkForGateways: [{ type: 'linkForGateways' }],
  gatewayAlone: [{ type: 'gatewayAlone' }],
  gatewayEnded: [{ type: 'gatewayEnded' }],
  bearerUnknown: [{ type: 'bearerUnknown' }],
  originRefused: [
    { type: 'originRefused', origin: 'https://class.example.org' },
    { type: 'originRefused', origin: null },
  ],
  limitReached: [{ type: 'limitReached', limit: 'connectionsMax', detail: '4096 connections are open.' }],
  otherProtocol: [
    { type: 'otherProtocol', ours: 2, theirs: [3, 4] },
    { type: 'otherProtocol', ours: 2, theirs: [1] },
  ],
  otherKernels: [{ type: 'otherKernels', ours: 'a1b2', theirs: 'c3d4' }],
  engineMissing: [
    { type: 'engineMissing', numerics: 'fast', needed: ['blas', 'wasm-relaxed'], offered: ['reference'] },
  ],
  probeWrong: [{ type: 'probeWrong', detail: 'The probe has 8 samples; the answer counts 7.' }],
  probeUnanswered: [{ type: 'probeUnanswered', seconds: 60 }],
  leaseUnanswered: [{ type: 'leaseUnanswered', seconds: 60 }],
  messageMalformed: [{ type: 'messageMalformed', detail: 'A connection says "hello" once.' }],
  tooManyMessages: [{ type: 'tooManyMessages', perSecond: 100, atOnce: 1000 }],
  helloLate: [{ type: 'helloLate', seconds: 10 }],
  workerSilent: [{ type: 'workerSilent', seconds: 20 }],
  joinedAgain: [{ type: 'joinedAgain' }],
  helloNotRead: [{ type: 'helloNotRead' }],
  leftInOrder: [{ type: 'leftInOrder' }],
  operatorRemoved: [{ type: 'operatorRemoved' }],
  drained: [{ type: 'drained' }],
  answerWrong: [{ type: 'answerWrong' }],
  wentByItself: LEAVE_CODES.map((code) => ({ type: 'wentByItself', code, reason: 'It had to go.' })),
  socketClosed: [{ type: 'socketClosed', code: 1006 }],
  socketFailed: [{ type: 'socketFailed', problem: 'read ECONNRESET' }],
  workerRefused: [{ type: 'workerRefused', why: { type: 'tokenExpired' } }],
  workerJoined: [
    { type: 'workerJoined', name, numerics: 'exact' },
    { type: 'workerJoined', name, numerics: 'fast' },
  ],
  workerLeft: [0, 1, 2].map((leases) => ({
    type: 'workerLeft',
    name,
    why: { type: 'socketClosed', code: 1006 },
    leases,
  })),
  leaseFailed: [...FAILURE_CODES, 'noRoom' as const].map((code) => ({
    type: 'leaseFailed',
    name,
    lease: 12,
    code,
    reason: 'Parameter version 4 is not here.',
  })),
  localFailed: [{ type: 'localFailed', name, problem: 'spawn EAGAIN' }],
  localEnded: [
    { type: 'localEnded', name, code: 1, again: true },
    { type: 'localEnded', name, code: 2, again: false },
  ],
  localSays: [{ type: 'localSays', name, said: { type: 'connectionClosed' } }],

  leaseLate: [
    { type: 'leaseLate', name, ...range },
    { type: 'leaseLate', name, ...single },
  ],
  fallenBehind: [{ type: 'fallenBehind', ms: 240, leases: 16 }],
  notFinite: [{ type: 'notFinite', name }],
  convicted: [{ type: 'convicted', name, step: 41, ...range }],
  taskBegunAgain: [{ type: 'taskBegunAgain' }],
  wentBack: [
    { type: 'wentBack', step: 0, steps: 12 },
    { type: 'wentBack', step: 40, steps: 1 },
  ],
  tooFewForQuorum: [
    { type: 'tooFewForQuorum', present: 1, quorum: 3 },
    { type: 'tooFewForQuorum', present: 2, quorum: 3 },
  ],
  enoughForQuorum: [{ type: 'enoughForQuorum', quorum: 3 }],
  unverifiedBefore: [{ type: 'unverifiedBefore' }],
  answersDiffer: [{ type: 'answersDiffer', ...range }],
  notFiniteChecked: [{ type: 'notFiniteChecked', name, ...single }],
  gradientUnusual: [{ type: 'gradientUnusual', name, factor: 12.34, ...range }],
  noSecondOpinion: [{ type: 'noSecondOpinion', ...range }],

  noWorkerThere: [{ type: 'noWorkerThere' }],
  trainsEpoch: [{ type: 'trainsEpoch', epoch: 2, epochs: 5 }],
  validatesEpoch: [{ type: 'validatesEpoch', epoch: 2, epochs: 5 }],
  testsModel: [{ type: 'testsModel', because: finished }],
  showsBits: [{ type: 'showsBits' }],
  answerOverdue: [
    { type: 'answerOverdue', seconds: 1.234, stalled: true },
    { type: 'answerOverdue', seconds: 1.234, stalled: false },
  ],
  restsForOperator: [{ type: 'restsForOperator' }],
  finishesAndGoes: [{ type: 'finishesAndGoes' }],
  nothingLeftInStep: [{ type: 'nothingLeftInStep' }],
  runIsPaused: [{ type: 'runIsPaused' }],
  computesRange: [{ type: 'computesRange', ...range }],
  evaluatesRange: [{ type: 'evaluatesRange', ...single }],
  toldToStopRange: [{ type: 'toldToStopRange', ...range }],
  computes: [{ type: 'computes' }],

  listensOnIpv4Only: [{ type: 'listensOnIpv4Only' }],
  originsUntold: [{ type: 'originsUntold', origins: 16 }],
  pageFailed: [
    { type: 'pageFailed', card: 'curves', role: 'operator', problem: '"x is null"', at: '"a.js:1"', more: 2 },
    { type: 'pageFailed', card: 'log', role: 'viewer', problem: '"x is null"', at: null, more: 0 },
  ],
  clusterLed: [{ type: 'clusterLed', term: 3 }],
  clusterLeft: [
    { type: 'clusterLeft', leader: 'http://192.168.1.20:7465' },
    { type: 'clusterLeft', leader: null },
  ],
  clusterAway: [{ type: 'clusterAway' }],
  clusterBack: [{ type: 'clusterBack' }],
  clusterForgetful: [{ type: 'clusterForgetful', version: '2.9.10' }],
  clusterRunStuck: [{ type: 'clusterRunStuck', runId: 'xor-1', problem: 'There is no data set.' }],
  socketsFull: [{ type: 'socketsFull', most: 8192 }],
  mnistLookedFor: [
    {
      type: 'mnistLookedFor',
      folders: ['/data', '/cache'],
      detail: '/data (no such folder); /cache (empty)',
    },
  ],
  digitsInstead: [
    { type: 'digitsInstead', why: 'noDownload' },
    { type: 'digitsInstead', why: 'downloadFailed' },
    { type: 'digitsInstead', why: 'unreadable' },
  ],
  dataTaken: [
    {
      ...{ type: 'dataTaken', place: '/data/flowers', source: 'pictures', train: 800, validation: 100 },
      ...{ test: 200, shape: [3, 32, 32], classes: 5, label: null },
    },
    {
      ...{ type: 'dataTaken', place: '/data/houses.csv', source: 'tabular', train: 400, validation: 0 },
      ...{ test: 100, shape: [13], classes: 0, label: 'price' },
    },
  ],
  dataUnusable: [{ type: 'dataUnusable', detail: 'There is no such folder.' }],
  dataNoted: [{ type: 'dataNoted', detail: 'It is taken as given.' }],
  downloadNoted: [{ type: 'downloadNoted', detail: 'It did not answer.' }],
  moreLikeThis: [{ type: 'moreLikeThis', more: 1200 }],
  terminalClosed: [{ type: 'terminalClosed', why: 'nohup started it' }],
  outputLost: [
    { type: 'outputLost', code: 'EPIPE', readerIsGone: true },
    { type: 'outputLost', code: 'ENOSPC', readerIsGone: false },
  ],
};
