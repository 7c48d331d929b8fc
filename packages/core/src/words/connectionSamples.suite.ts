/** Samples of what a worker tells of its connection. */
import type { ConnectionFact } from '../facts/connectionFacts.ts';
import { ByeCode, type ByeName } from '../protocol/codes.ts';

const host = '10.0.0.9:8765';
const origin = `http://${host}`;
const closed = { type: 'connectionClosed' } as const;

export const CONNECTION_SAMPLES: {
  readonly [T in ConnectionFact['type']]: readonly Extract<ConnectionFact, { readonly type: T }>[];
} = {
  coordinatorSaid: [
    ...(Object.keys(ByeCode) as ByeName[]).map((code) => ({
      type: 'coordinatorSaid' as const,
      code,
      message: 'Because.',
    })),
    { type: 'coordinatorSaid', code: 'shutdown', message: '' },
  ],
  connectionClosed: [closed],
  connectionBroken: [{ type: 'connectionBroken', reason: 'read ECONNRESET' }],
  computerAsleep: [{ type: 'computerAsleep' }],
  networkAway: [{ type: 'networkAway' }],
  noAnswerInTime: [
    { type: 'noAnswerInTime', host, seconds: 10 },
    { type: 'noAnswerInTime', host: null, seconds: 10 },
  ],
  notConnected: [{ type: 'notConnected' }],
  nothingListens: [{ type: 'nothingListens', host }],
  hostUnknown: [{ type: 'hostUnknown', host: 'classroom' }],
  hostNotLookedUp: [{ type: 'hostNotLookedUp', host: 'classroom' }],
  noRoute: [{ type: 'noRoute', host }],
  noAnswer: [{ type: 'noAnswer', host }],
  brokenOff: [{ type: 'brokenOff', host }],
  certificateUntrusted: [{ type: 'certificateUntrusted', host }],
  certificateExpired: [{ type: 'certificateExpired', host }],
  certificateNotYetValid: [{ type: 'certificateNotYetValid', host }],
  certificateOfOther: [{ type: 'certificateOfOther', host, name: 'classroom' }],
  tlsFailed: [{ type: 'tlsFailed', host, reason: 'unsupported protocol' }],
  notHttp: [{ type: 'notHttp', host }],
  noWebSocket: [
    { type: 'noWebSocket', origin, isCoordinator: true },
    { type: 'noWebSocket', origin, isCoordinator: false },
  ],
  brokenWebSocket: [{ type: 'brokenWebSocket', origin }],
  coordinatorBusy: [
    { type: 'coordinatorBusy', origin, status: 503, said: null },
    { type: 'coordinatorBusy', origin, status: 503, said: 'There are 2000 connections.' },
  ],
  passwordAsked: [{ type: 'passwordAsked', origin, status: 401 }],
  coordinatorRefuses: [{ type: 'coordinatorRefuses', origin, said: 'This origin is not known.' }],
  gatewayFails: [{ type: 'gatewayFails', origin, status: 502 }],
  notCoordinator: [{ type: 'notCoordinator', origin, status: 404 }],
  httpsSpoken: [{ type: 'httpsSpoken', origin, use: `https://${host}` }],
  httpSpoken: [{ type: 'httpSpoken', origin: `https://${host}`, use: origin }],
  redirected: [
    { type: 'redirected', origin, to: 'https://elsewhere' },
    { type: 'redirected', origin, to: null },
  ],
  volunteerPaused: [{ type: 'volunteerPaused' }],
  volunteerLeft: [{ type: 'volunteerLeft' }],
  threadsChange: [{ type: 'threadsChange' }],
  toldToStop: [{ type: 'toldToStop', signal: 'SIGINT' }],
  modelExceedsMemory: [
    { type: 'modelExceedsMemory', bytes: 3e9, bytesMax: 1e9, threads: 4 },
    { type: 'modelExceedsMemory', bytes: 3e9, bytesMax: 1e9, threads: 1 },
  ],
  leaseExceedsMemory: [{ type: 'leaseExceedsMemory', lease: 7, bytes: 2e8, held: 9e8, bytesMax: 1e9 }],
  runNotUnderstood: [{ type: 'runNotUnderstood', address: origin, why: 'There is no layer "quantum".' }],
  engineFails: [
    { type: 'engineFails', engine: 'wasm-strict', times: 3, reason: 'No memory.' },
    { type: 'engineFails', engine: null, times: 3, reason: 'No memory.' },
  ],
  coordinatorUnreachable: [{ type: 'coordinatorUnreachable', address: origin, why: closed }],
  leftCoordinator: [{ type: 'leftCoordinator', address: origin, reason: { type: 'volunteerLeft' } }],
  runJoined: [
    { type: 'runJoined', runId: 'xor-1', address: origin, threads: 1, engine: 'wasm-strict' },
    { type: 'runJoined', runId: 'xor-1', address: origin, threads: 4, engine: 'wasm-strict' },
  ],
  waitsForRun: [
    {
      type: 'waitsForRun',
      why: { type: 'coordinatorSaid', code: 'betweenRuns', message: 'No run goes on.' },
    },
  ],
  connectionLost: [
    { type: 'connectionLost', address: origin, why: closed, retryMs: 3000 },
    { type: 'connectionLost', address: origin, why: { type: 'networkAway' }, retryMs: 188 },
  ],
  coordinatorNotUnderstood: [
    { type: 'coordinatorNotUnderstood', address: origin, detail: 'sent a second welcome.' },
  ],
  coordinatorSilent: [{ type: 'coordinatorSilent', address: origin, seconds: 20 }],
  looksForLeader: [
    {
      type: 'looksForLeader',
      address: origin,
      why: { type: 'coordinatorSaid', code: 'standby', message: 'It stands by.' },
    },
  ],
  coordinatorOvertaken: [{ type: 'coordinatorOvertaken', address: origin, term: 3, known: 4 }],
  dataExceedsMemory: [{ type: 'dataExceedsMemory', bytes: 3e9, room: -5 }],
  blockNotFetched: [{ type: 'blockNotFetched', why: 'It took too long.' }],
  dataNotFetched: [{ type: 'dataNotFetched', why: 'fetch failed' }],
  slotReplaced: [{ type: 'slotReplaced', slot: 1, reason: 'The thread ended with code 1.' }],
};
