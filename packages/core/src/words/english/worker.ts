/** Workers that come, go and fail, in English. */
import type { DepartureFact, WorkerFact } from '../../facts/workerFacts.ts';
import { type Wording, worded } from '../wording.ts';
import { CONNECTION_ENGLISH } from './connection.ts';
import { RUN_END_ENGLISH } from './run.ts';

const OLDER =
  "The worker's Shoal is older: install the coordinator's release there; in a browser, reload the page.";
const SAME_RELEASE = 'Install the same Shoal release on both.';

const FORBIDDEN = {
  control:
    '; only the operator may do this. Open the dashboard link that the coordinator printed when it started.',
  data: ', and the samples of this run are not shown to those who only watch.',
  compute: ', who may not compute. Use the join link.',
  watch: ', who may not watch. Use the link to watch.',
} as const;

const why = (fact: DepartureFact): string => worded({ ...WORKER_ENGLISH, ...RUN_END_ENGLISH }, fact);

export const WORKER_ENGLISH: Wording<WorkerFact> = {
  noRunGoing: () => 'No run is going on.',
  standsBy: ({ leader }) =>
    leader === null
      ? 'This coordinator stands by, and takes over once no other leads.'
      : `This coordinator stands by; the one at ${leader} leads.`,
  coordinatorEnded: () => 'The coordinator has ended.',
  tokenMissing: () =>
    'This run needs a join token: use the whole join link that the coordinator prints, or give --token.',
  tokenWrong: () => 'The join token is wrong: use the join link that the coordinator prints for this run.',
  tokenExpired: () => 'This link has expired: ask for the present one.',
  tokenRevoked: () => 'This link or credential was revoked by the operator. Ask for a new link.',
  roleForbids: ({ role, action }) => `Your link is for a ${role}${FORBIDDEN[action]}`,
  linkNotForGateways: () =>
    'A gateway needs a link of its own: "shoal link gateway" prints it where the coordinator is, and its page shows it.',
  linkForGateways: () =>
    'This link lets gateways in and nobody else: start one with "shoal gateway", or compute with the join link.',
  gatewayAlone: () => 'This gateway has no coordinator at present; another address may lead to one.',
  gatewayEnded: () => 'This gateway has ended; another address may still lead to the coordinator.',
  bearerUnknown: () =>
    'The token is missing or wrong. Use the whole link that the coordinator printed, with what follows the #.',
  originRefused: ({ origin }) =>
    origin === null
      ? 'A page without an origin, such as a file or a sandboxed frame, may not speak to the coordinator.'
      : `A page at ${origin} was refused, because the coordinator does not know that address as its own. If others reach it there (a proxy may not pass on the header Host), start it with --public-url ${origin} and the path, if there is one; to let the pages of another site in, with --allow-origin ${origin}.`,
  limitReached: ({ detail }) => detail,
  otherProtocol: ({ ours, theirs }) =>
    `This coordinator speaks protocol ${ours}, the worker ${theirs.join(', ')}. ${theirs.every((version) => version < ours) ? OLDER : SAME_RELEASE}`,
  otherKernels: ({ ours, theirs }) =>
    `This run computes with kernel build ${ours}, the worker has ${theirs}; their bits could differ. ${SAME_RELEASE}`,
  engineMissing: ({ numerics, needed, offered }) =>
    `A run with ${numerics} numerics needs one of the engines ${needed.join(', ')}; the worker offers ${offered.join(', ')}. Run "shoal doctor" there: it says what is missing.`,
  probeWrong: ({ detail }) =>
    `${detail} Install the same Shoal release as the coordinator; docs/protocol.md says what a worker of another make computes.`,
  probeUnanswered: ({ seconds }) => `The probe was not answered within ${seconds} s.`,
  leaseUnanswered: ({ seconds }) => `A lease was not answered within ${seconds} s.`,
  messageMalformed: ({ detail }) => detail,
  tooManyMessages: ({ perSecond, atOnce }) =>
    `More messages came than ${perSecond} a second (${atOnce} at once) beside answers.`,
  helloLate: ({ seconds }) => `No valid hello came within ${seconds} s.`,
  workerSilent: ({ seconds }) => `Nothing was heard for ${seconds} s.`,
  joinedAgain: () => 'The same worker connected again.',
  helloNotRead: () => 'The coordinator could not look at the hello.',
  leftInOrder: () => 'Left in order.',
  operatorRemoved: () =>
    'The operator has ended your part in this run. What you have computed stays in it and counts as yours. To come back, ask the operator to let you in again.',
  drained: () => 'It has finished what it held and may go.',
  answerWrong: () =>
    'An answer of this worker was computed a second time and is wrong: it takes no further part in this run. If the machine is meant to be sound, have its memory tested.',
  wentByItself: ({ reason }) => reason,
  socketClosed: ({ code }) => `The connection closed (code ${code}).`,
  socketFailed: ({ problem }) => `The connection failed (${problem}).`,
  workerRefused: (fact) => `A worker was refused: ${why(fact.why)}`,
  workerJoined: ({ name, numerics }) =>
    `${name} joined and ${numerics === 'exact' ? 'computes the same bits' : 'computes the same within the tolerance'}.`,
  workerLeft: ({ name, leases, ...fact }) => {
    const lost = leases === 0 ? '' : ` Its ${leases === 1 ? 'lease goes' : `${leases} leases go`} to others.`;
    return `${name} left: ${why(fact.why)}${lost}`;
  },
  leaseFailed: ({ name, lease, reason }) => `${name} could not compute lease ${lease}: ${reason}`,
  localFailed: ({ name, problem }) => `The local worker ${name} failed: ${problem}.`,
  localEnded: ({ name, code, again }) =>
    again
      ? `The local worker ${name} ended (exit code ${code}); it is started again.`
      : `The local worker ${name} ended (exit code ${code}) and is not started again.`,
  localSays: ({ name, said }) =>
    `${name}: ${said.type === 'text' ? said.text : worded(CONNECTION_ENGLISH, said)}`,
};
