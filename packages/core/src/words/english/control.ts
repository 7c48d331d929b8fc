/** What the operator has asked for, in English. */

import type { ControlFact } from '../../facts/controlFacts.ts';
import { counted } from '../../text/counted.ts';
import { sharePercent } from '../figures.ts';
import { type Wording, worded } from '../wording.ts';
import { RUN_ENGLISH } from './run.ts';

const inFlight = (leases: number): string =>
  leases === 0 ? '' : ` ${leases === 1 ? 'One lease' : `${leases} leases`} in flight still count.`;

export const CONTROL_ENGLISH: Wording<ControlFact> = {
  operatorPaused: () => 'The operator paused the run.',
  leadUncertain: () =>
    'The cluster does not answer, so that another coordinator may come to lead: this run waits until that is known.',
  leadCertain: () => 'The cluster answers, and nobody else has led: the run goes on.',
  operatorResumed: () => 'The operator lets the run go on.',
  resumedToEnd: () => 'The run goes on, so that it can be brought to its end.',
  runPaused: ({ because, leases }) =>
    `${worded(CONTROL_ENGLISH, because)} Nothing is granted until it goes on.${inFlight(leases)}`,
  runFinishing: ({ because, after }) =>
    `${worded(RUN_ENGLISH, because)} The ${after} at hand is brought to its end.`,
  operatorSteps: () => 'The operator lets the run do one step, and pauses it.',
  paceChanged: ({ stepsPerSecond }) =>
    stepsPerSecond === null
      ? 'The run goes at full speed from now on.'
      : `The run goes on in slow motion: at most ${counted(stepsPerSecond, 'step')} a second. Not a bit of it changes.`,
  workerPaused: ({ name }) => `${name} is paused: it is granted nothing more; what it holds still counts.`,
  workerContinues: ({ name }) => `${name} is granted leases again.`,
  workerDrains: ({ name }) => `${name} finishes what it holds and then goes.`,
  workerRemoved: ({ name, staysAway }) =>
    staysAway ? `${name} was removed, and stays away until it is let in again.` : `${name} was removed.`,
  workerLetIn: ({ name }) => `${name} may come in again.`,
  linksRevoked: ({ role }) => `The operator has revoked all links of the role ${role}.`,
  credentialNotRevoked: ({ problem }) => `The credential could not be revoked: ${problem}.`,
  trustChanged: ({ spotCheck, quorum }) => {
    const part =
      spotCheck === 0 ? 'No leases are' : `From now on ${sharePercent(spotCheck)} of the leases are`;
    const agree =
      quorum === 1 ? '' : `, and ${quorum} unrelated workers have to agree before an answer counts`;
    return `${part} checked${agree}.`;
  },
  queueAdded: ({ name, place }) => `"${name}" waits in the queue, at place ${place}.`,
  queueMoved: ({ name, place }) => `"${name}" waits at place ${place} of the queue now.`,
  queueRemoved: ({ name }) => `"${name}" was taken out of the queue.`,
  queueDropped: ({ name, problem }) =>
    `"${name}", which waited in the queue, could not be begun and waits no longer: ${problem}`,
  sweepBegins: ({ name, trials, left }) =>
    `The sweep ${name} begins: ${counted(trials, 'trial')}, ${left === trials ? 'none of which is done' : `${left} of them still to be done`}.`,
  sweepStops: ({ name }) => `The sweep ${name} stops. What is done of it stays, and it can be gone on with.`,
  sweepEnds: ({ name, best }) =>
    best === null
      ? `The sweep ${name} is done; none of its trials has a figure.`
      : `The sweep ${name} is done; its best trial is number ${best}.`,
  localStarted: ({ name }) => `${name} is started on this machine.`,
  localRestarted: ({ name, asNew }) =>
    asNew ? `${name} is started again, as somebody new.` : `${name} is started again.`,
  localKilled: ({ name }) => `${name} was killed: its thread has ended without a word.`,
  localFrozen: ({ name }) => `${name} is frozen: it keeps its connection, and neither computes nor answers.`,
  localSlowed: ({ name }) => `${name} computes at a tenth of its speed.`,
  localPoisoned: ({ name }) => `${name} sends wrong gradients.`,
  localMended: ({ name }) => `${name} works as it should again.`,
};
