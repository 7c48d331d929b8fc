/** A worker's connection to its coordinator, in English. */
import type { ConnectionFact, DisconnectFact } from '../../facts/connectionFacts.ts';
import { mebibytes } from '../figures.ts';
import { type Wording, worded } from '../wording.ts';
import { JOINING_ENGLISH } from './joining.ts';
import { LEAVING_ENGLISH } from './leaving.ts';

const threadsOf = (threads: number): string => (threads === 1 ? '1 thread' : `${threads} threads`);

const why = (fact: DisconnectFact): string => worded(CONNECTION_ENGLISH, fact);

export const CONNECTION_ENGLISH: Wording<ConnectionFact> = {
  ...JOINING_ENGLISH,
  ...LEAVING_ENGLISH,
  nothingListens: ({ host }) => `Nothing listens at ${host}.`,
  hostUnknown: ({ host }) => `No computer of the name ${host} is known here.`,
  hostNotLookedUp: ({ host }) => `The name ${host} could not be looked up: the network may be down.`,
  noRoute: ({ host }) => `No way leads from this network to ${host}.`,
  noAnswer: ({ host }) => `${host} does not answer.`,
  brokenOff: ({ host }) => `${host} broke the connection off before it was open.`,
  certificateUntrusted: ({ host }) =>
    `The certificate of ${host} is not trusted: it is signed by nobody that this machine knows. If it is the operator's own, ` +
    'ask for the file of the certificate that signed it, and start the worker with NODE_EXTRA_CA_CERTS=FILE.',
  certificateExpired: ({ host }) =>
    `The certificate of ${host} has expired. The operator has to renew it; or the clock of this machine is wrong.`,
  certificateNotYetValid: ({ host }) =>
    `The certificate of ${host} holds only from a later day. The clock of this machine, or of the one that made it, is wrong.`,
  certificateOfOther: ({ host, name }) =>
    `The certificate that ${host} shows is for another name. Use the name that it was made for, or ask the operator for one that names ${name}.`,
  tlsFailed: ({ host, reason }) => `No secure connection to ${host} came about: ${reason}.`,
  notHttp: ({ host }) => `What listens at ${host} does not speak HTTP, so that it is no coordinator.`,
  brokenWebSocket: ({ origin }) =>
    `What answers at ${origin} does not open WebSockets as they are meant to be, so that it is no coordinator.`,
  httpSpoken: ({ origin, use }) =>
    `http is spoken at ${origin}, not https. If you trust the network between, use ${use} with the same token; ` +
    'else ask for an address with https.',
  coordinatorUnreachable: (fact) =>
    `The coordinator at ${fact.address} cannot be reached: ${why(fact.why)} Check the address, that the coordinator is ` +
    'running, and that no firewall stands between.',
  leftCoordinator: ({ address, reason }) =>
    `Left the coordinator at ${address}: ${worded(CONNECTION_ENGLISH, reason)}`,
  runJoined: ({ runId, address, threads, engine }) =>
    `Joined run ${runId} at ${address} with ${threadsOf(threads)} of ${engine}.`,
  waitsForRun: (fact) => `${why(fact.why)} This worker waits for the next run.`,
  connectionLost: (fact) =>
    `No connection to the coordinator at ${fact.address}: ${why(fact.why)} Trying again in ${(fact.retryMs / 1000).toFixed(1)} s.`,
  coordinatorNotUnderstood: ({ address, detail }) => `The coordinator at ${address} ${detail}`,
  coordinatorSilent: ({ address, seconds }) =>
    `The coordinator at ${address} has said nothing for ${seconds} s. The worker connects again.`,
  looksForLeader: (fact) => `${why(fact.why)} This worker looks for the coordinator that leads.`,
  coordinatorOvertaken: ({ address, term, known }) =>
    `The coordinator at ${address} no longer leads this run: its term is ${term}, and ${known} has begun. The worker looks for the one that leads.`,
  dataExceedsMemory: ({ bytes, room }) =>
    `The data set would take ${mebibytes(bytes)} of memory, and ${mebibytes(room)} are left to this worker: ` +
    'its samples come with each lease.',
  blockNotFetched: ({ why }) => `A block of the data set did not come: ${why} It is asked for again.`,
  dataNotFetched: ({ why }) => `The data set cannot be put together: ${why}.`,
  slotReplaced: ({ slot, reason }) => `Slot ${slot} ended unexpectedly and is replaced: ${reason}`,
};
