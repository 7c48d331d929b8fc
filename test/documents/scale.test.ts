/** `docs/scale.md` is what its formulas give, and these give what can be reckoned by hand. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ANSWER_CPU_SECONDS, FAN_OUT, tables } from '../../scripts/scale/cases.mjs';
import { fanOuts, firstToBreak, layersOf, pressures, stepOf } from '../../scripts/scale/formulas.mjs';

const ROOT = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/scale.md', ROOT), 'utf8');

test('the page has the tables that the script writes', () => {
  const [, shown] = /<!-- scale: begin -->\n([\s\S]*)<!-- scale: end -->/.exec(page) ?? [];
  expect(shown).toBe(tables());
});

test('the page and the script name the same measured costs', () => {
  expect(page).toContain(
    `${Number((ANSWER_CPU_SECONDS * 1e3).toPrecision(3))} ms of the coordinator's processor`,
  );
  expect(page).toContain(FAN_OUT.toLocaleString('en'));
  // The cost of a partial with 2,000 workers, as the load test has measured it.
  const benchmarks = readFileSync(new URL('docs/benchmarks.md', ROOT), 'utf8');
  const [, cost] = /\| 2000 \| [\d.]+ \| \d+ \| ([\d.]+) \|/.exec(benchmarks) ?? [];
  expect(Number(cost)).toBe(Number((ANSWER_CPU_SECONDS * 1e3).toPrecision(3)));
});

describe('gateways', () => {
  test('stand in as few layers as nobody serving too many allows', () => {
    expect(layersOf(2_000, 2_000)).toEqual([]);
    expect(layersOf(2_001, 2_000)).toEqual([2]);
    expect(layersOf(1e6, 2_000)).toEqual([500]);
    expect(layersOf(1e6, 100)).toEqual([100, 10_000]);
    expect(fanOuts(1e6, [100, 10_000])).toEqual([100, 100, 100]);
  });

  const line = { up: 100, down: 400 };
  const options = { fanOut: 10, computeSeconds: 3, up: 200, down: 800, line, gatewayLine: 1_000 };

  test('send the parameters to each once, and one sum up', () => {
    const step = stepOf({ ...options, volunteers: 50, merges: true, coordinatorLine: 5_000 });
    expect(step.layers).toEqual([5]);
    // 3 s of computing, 2 s up and 2 s down of a line of one's own.
    expect(step.ownSeconds).toBe(7);
    expect(step.places).toEqual([
      { connections: 5, downBytes: 4_000, upBytes: 1_000, seconds: 1 },
      { connections: 10, downBytes: 8_000, upBytes: 2_000, seconds: 10 },
    ]);
    expect(step.seconds).toBe(18);
    expect(step.answersAtTop).toBe(5);
  });

  test('pass every answer on where none can be added', () => {
    const step = stepOf({ ...options, volunteers: 50, merges: false, coordinatorLine: 5_000 });
    expect(step.places.map(({ upBytes }) => upBytes)).toEqual([10_000, 2_000]);
    expect(step.answersAtTop).toBe(50);
  });

  test('what is used most is nearest to giving way', () => {
    const step = stepOf({ ...options, volunteers: 50, merges: true, coordinatorLine: 5_000 });
    const parts = pressures(step, { answerCpuSeconds: 0.36, volunteerBytesPerDay: 48e5, down: 800, up: 200 });
    expect(parts.coordinatorProcessor).toBeCloseTo(0.1);
    expect(parts.coordinatorLine).toBeCloseTo(1 / 7);
    expect(parts.gatewayLine).toBeCloseTo(10 / 7);
    // 4,800 steps a day of 1,000 bytes.
    expect(parts.volunteerData).toBeCloseTo(1);
    expect(firstToBreak(parts)[0]).toBe('gatewayLine');
  });
});
