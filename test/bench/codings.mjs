/**
 * npm run bench:codings -- [--elements 669706] [--seconds 0.5]
 *
 * How fast vectors are rounded, coded and decoded on one thread, beside what just reading or copying them takes: each part
 * of the time is taken by itself, and the fastest counts. Figures are bytes of float32 a second.
 */
import { parseArgs } from 'node:util';
import { bytesOf, Codings, compileModel, findPreset, Purpose, VectorArena } from '@shoal/core';

const { values } = parseArgs({
  options: {
    elements: { type: 'string', default: '669706' },
    seconds: { type: 'string', default: '0.5' },
  },
});
const [elements, seconds] = [Number(values.elements), Number(values.seconds)];
if (!(Number.isInteger(elements) && elements > 0 && seconds > 0)) {
  console.error('--elements takes a whole number and --seconds a number, both above 0.');
  process.exit(2);
}

// One tensor: a layer without biases.
const model = compileModel({
  input: [1],
  layers: [{ type: 'dense', units: elements, bias: false }],
  loss: 'mse',
});
const { steps } = findPreset('mnist-cnn-slow-line');
const arena = new VectorArena({ length: elements });
const { kernels } = arena;
const [rounded, other] = [arena.allocate(), arena.allocate()];
const [from, into] = [arena.address(rounded), arena.address(other)];
const fill = () => {
  const view = arena.view(rounded);
  for (let i = 0; i < elements; i += 1) view[i] = Math.sin(i) / 8;
};

/** Milliseconds of the fastest call. */
function fastest(act) {
  let best = Number.POSITIVE_INFINITY;
  const until = performance.now() + 1000 * seconds;
  while (performance.now() < until) {
    const began = performance.now();
    act();
    best = Math.min(best, performance.now() - began);
  }
  return best;
}

function report(what, act) {
  const ms = fastest(act);
  console.log(
    `${what.padEnd(44)} ${ms.toFixed(3).padStart(8)} ms  ${((4 * elements) / ms / 1e6).toFixed(1).padStart(6)} GB/s`,
  );
}

console.log(`${elements} elements, ${((4 * elements) / 1e6).toFixed(2)} MB as float32`);
fill();
report('add one vector to another', () => kernels.add(into, from, elements));
report('the largest absolute value', () => kernels.largest(from, elements));
for (const [name, most] of [
  ['int8', 127],
  ['int4', 7],
]) {
  const scale = 2 ** -3 / most;
  const coding = new Codings({ steps, coding: { up: name, down: 'f32' } }, model).up(null);
  fill();
  report(`${name}: round without bias, in place`, () => {
    kernels.round(from, elements, scale, most, 1, Purpose.up, 0, 0, 0);
  });
  const coded = coding.encodeFrom(arena, rounded);
  const vector = bytesOf(arena.view(rounded).slice());
  report(`${name}: code, out of an arena`, () => coding.encodeFrom(arena, rounded));
  report(`${name}: decode, into an arena`, () => coding.decodeInto(coded, arena, other));
  report(`${name}: code, out of bytes`, () => coding.encode(vector));
  report(`${name}: decode, into bytes`, () => coding.decode(coded));
}
