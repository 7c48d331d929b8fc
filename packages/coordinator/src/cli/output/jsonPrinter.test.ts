import { expect, test } from 'vitest';
import type { RunReport } from '../../news/reports.ts';
import { JsonPrinter } from './jsonPrinter.ts';

const notice = (message: string): RunReport => ({
  type: 'notice',
  level: 'warn',
  facts: [{ type: 'text', text: message }],
});
const left: RunReport = { type: 'worker', event: 'left', name: 'w', reason: 'It is over.', workers: 0 };
// Only the type matters to the printer.
const report = (type: 'run' | 'step' | 'epoch' | 'result') => ({ type }) as RunReport;

function printed(reports: readonly RunReport[], verbose = false, many = false): string[] {
  const types: string[] = [];
  const out = { json: (value: object) => void types.push((value as RunReport).type) };
  const printer = new JsonPrinter({ out, verbose, many });
  for (const one of reports) printer.report(one);
  return types;
}

test('the run line is the first, whatever was said before it', () => {
  expect(printed([notice('MNIST was not found.'), report('run'), report('epoch')])).toEqual([
    'run',
    'notice',
    'epoch',
  ]);
});

test('the result line is the last, whatever comes after it', () => {
  expect(printed([report('run'), report('result'), left])).toEqual(['run', 'result']);
});

test('steps are printed only when asked for', () => {
  expect(printed([report('run'), report('step')])).toEqual(['run']);
  expect(printed([report('run'), report('step')], true)).toEqual(['run', 'step']);
});

test('of a coordinator on which runs follow one another everything is printed as it comes', () => {
  const reports = [notice('early'), report('run'), report('result'), left, report('run')];
  expect(printed(reports, false, true)).toEqual(['notice', 'run', 'result', 'worker', 'run']);
});
