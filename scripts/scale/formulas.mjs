/**
 * What many volunteers need, by formulas: a tree of gateways, what travels at each place of it, how long a step takes, and
 * what gives way first. Bytes are bytes, rates are bytes a second, times seconds.
 */

/**
 * Gateways by layer, the one below the coordinator first, so that nobody serves more than `fanOut`. None where the
 * coordinator can serve all itself.
 * @returns {number[]}
 */
export function layersOf(volunteers, fanOut) {
  const layers = [];
  for (let below = volunteers; below > fanOut; ) {
    below = Math.ceil(below / fanOut);
    layers.unshift(below);
  }
  return layers;
}

/** How many hang from one at each place, the coordinator first. */
export function fanOuts(volunteers, layers) {
  return [...layers, volunteers].map((below, i) => below / (layers[i - 1] ?? 1));
}

/**
 * One update of the parameters by all volunteers. `merges`: sums are added on the way, so that one vector goes up from
 * each gateway; else each volunteer's answer travels to the top by itself.
 *
 * A vector passes each line on its way once in each direction, and a line that many share carries all of theirs one
 * after another; what the lines of a layer carry at the same time is counted once.
 *
 * @param {{ volunteers: number, fanOut: number, computeSeconds: number, up: number, down: number, merges: boolean,
 *   line: { up: number, down: number }, gatewayLine: number, coordinatorLine: number }} options
 */
export function stepOf(options) {
  const { volunteers, fanOut, computeSeconds, up, down, merges, line, gatewayLine, coordinatorLine } =
    options;
  const layers = layersOf(volunteers, fanOut);
  const outs = fanOuts(volunteers, layers);
  /** Answers that come up to each place, the coordinator first. */
  const answers = outs.map((out, i) => (merges ? out : volunteers / (layers[i - 1] ?? 1)));
  const places = outs.map((out, i) => {
    const rate = i === 0 ? coordinatorLine : gatewayLine;
    return {
      connections: out,
      downBytes: out * down,
      upBytes: answers[i] * up,
      seconds: (out * down + answers[i] * up) / rate,
    };
  });
  const ownSeconds = computeSeconds + up / line.up + down / line.down;
  const seconds = ownSeconds + places.reduce((sum, place) => sum + place.seconds, 0);
  return { layers, places, ownSeconds, seconds, stepsPerSecond: 1 / seconds, answersAtTop: answers[0] };
}

/**
 * What is used of each thing there is, as a part of it; above 1 it gives way.
 * @param {ReturnType<typeof stepOf>} step
 * @param {{ answerCpuSeconds: number, volunteerBytesPerDay: number, down: number, up: number }} use
 */
export function pressures(step, use) {
  const [top] = step.places;
  const busiest = step.places.slice(1).reduce((most, place) => Math.max(most, place.seconds), 0);
  const perDay = 86_400 * step.stepsPerSecond;
  return {
    coordinatorProcessor: (step.answersAtTop * use.answerCpuSeconds) / step.seconds,
    coordinatorLine: top.seconds / step.ownSeconds,
    gatewayLine: busiest / step.ownSeconds,
    volunteerData: (perDay * (use.down + use.up)) / use.volunteerBytesPerDay,
  };
}

/** The name of what is nearest to giving way, and its part. */
export function firstToBreak(parts) {
  return Object.entries(parts).reduce((most, one) => (one[1] > most[1] ? one : most));
}
