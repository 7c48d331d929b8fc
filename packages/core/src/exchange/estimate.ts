/**
 * What an exchange of vectors costs on the lines that are there: the time of a step, and the bytes that a sample takes. An
 * estimate by which the exchanges that a run could have are compared, not a promise.
 */

/** How a step is cut and what travels in it. */
export type Exchange = {
  /** Samples of a leaf, and leaves of a step. */
  readonly leafSamples: number;
  readonly leaves: number;
  /** Bytes of a leaf's vector on its way up, and of the parameters on their way down. */
  readonly upBytes: number;
  readonly downBytes: number;
  /** Each leaf travels by itself, while the next is computed; otherwise a worker's leaves are added before they travel. */
  readonly leavesTravelAlone: boolean;
};

/** A worker's line; null for one that shares the coordinator's memory. */
export type LineRates = {
  readonly upBitsPerSecond: number;
  readonly downBitsPerSecond: number;
  readonly rttSeconds: number;
};

export type Participant = { readonly samplesPerSecond: number; readonly line: LineRates | null };

export type ExchangeEstimate = {
  readonly stepSeconds: number;
  readonly samplesPerSecond: number;
  /** Over all lines, both ways. */
  readonly bytesPerStep: number;
  readonly bytesPerSample: number;
  /** Of the participants, those that a step is done soonest with. */
  readonly usefulWorkers: number;
  /** The part of the step in which arithmetic is done by whoever finishes last, 0 to 1. */
  readonly computingShare: number;
};

/**
 * Leaves go, one after another, to whoever would be done with one more of them first.
 * @param participants at least one
 * @param linkBitsPerSecond of the coordinator, which all lines share
 */
export function estimateExchange(
  exchange: Exchange,
  participants: readonly Participant[],
  linkBitsPerSecond: number,
): ExchangeEstimate {
  const leavesOf = participants.map(() => 0);
  for (let leaf = 0; leaf < exchange.leaves; leaf += 1) {
    let first = 0;
    let soonest = Number.POSITIVE_INFINITY;
    participants.forEach((participant, i) => {
      const done = secondsFor(exchange, participant, (leavesOf[i] ?? 0) + 1);
      if (done < soonest) [first, soonest] = [i, done];
    });
    leavesOf[first] = (leavesOf[first] ?? 0) + 1;
  }
  let stepSeconds = 0;
  let computing = 0;
  let bytesPerStep = 0;
  participants.forEach((participant, i) => {
    const leaves = leavesOf[i] ?? 0;
    if (leaves === 0) return;
    const seconds = secondsFor(exchange, participant, leaves);
    if (seconds > stepSeconds) {
      stepSeconds = seconds;
      computing = (leaves * exchange.leafSamples) / participant.samplesPerSecond;
    }
    if (participant.line !== null) bytesPerStep += exchange.downBytes + upBytesOf(exchange, leaves);
  });
  // However fast the lines: they meet at the coordinator.
  stepSeconds = Math.max(stepSeconds, (8 * bytesPerStep) / linkBitsPerSecond);
  const samples = exchange.leaves * exchange.leafSamples;
  return {
    stepSeconds,
    samplesPerSecond: samples / stepSeconds,
    bytesPerStep,
    bytesPerSample: bytesPerStep / samples,
    usefulWorkers: leavesOf.filter((leaves) => leaves > 0).length,
    computingShare: computing / stepSeconds,
  };
}

/** From the first byte of the parameters to the last of the answer. */
function secondsFor(exchange: Exchange, { samplesPerSecond, line }: Participant, leaves: number): number {
  const leafSeconds = exchange.leafSamples / samplesPerSecond;
  const computing = leaves * leafSeconds;
  if (line === null) return computing;
  const down = (8 * exchange.downBytes) / line.downBitsPerSecond + line.rttSeconds;
  const up = (8 * upBytesOf(exchange, leaves)) / line.upBitsPerSecond;
  // What is sent travels while the next leaf is computed, and whichever of the two is slower sets the pace.
  const both = exchange.leavesTravelAlone
    ? Math.max(computing + up / leaves, leafSeconds + up)
    : computing + up;
  return down + both;
}

const upBytesOf = ({ leavesTravelAlone, upBytes }: Exchange, leaves: number): number =>
  leavesTravelAlone ? leaves * upBytes : upBytes;
