import { expect, test } from 'vitest';
import { reasonToGoOn, type Surroundings } from './hangup.ts';

type File = NonNullable<ReturnType<Surroundings['stat']>>;
const file = (ino: number): File => ({
  dev: 1,
  ino,
  rdev: 0,
  isFile: () => true,
  isCharacterDevice: () => false,
});
const terminal: File = { dev: 2, ino: 7, rdev: 34_816, isFile: () => false, isCharacterDevice: () => true };
const nothing: File = { dev: 2, ino: 8, rdev: 259, isFile: () => false, isCharacterDevice: () => true };
const pipe: File = { dev: 3, ino: 9, rdev: 0, isFile: () => false, isCharacterDevice: () => false };

/** A process whose input and outputs are these. */
function around(files: readonly [File | null, File, File], more: Partial<Surroundings> = {}): Surroundings {
  return {
    environment: { _: '/usr/bin/node' },
    stat: (descriptor) => files[descriptor],
    isTerminal: (descriptor) => files[descriptor] === terminal,
    isWriteOnly: () => false,
    statPath: (path) => (path === '/dev/null' ? nothing : null),
    ancestorsIgnoringHangup: () => [false, false],
    ...more,
  };
}

const ON_A_TERMINAL = [terminal, terminal, terminal] as const;

test.each([
  ['on a terminal', ON_A_TERMINAL],
  ['with its results in a file', [terminal, file(1), terminal] as const],
  ['that somebody reads', [nothing, pipe, pipe] as const],
  ['whose errors somebody reads', [nothing, file(1), pipe] as const],
])('a process %s ends with its terminal', (_name, files) => {
  expect(reasonToGoOn(around(files))).toBeNull();
});

test('one that was started with nohup goes on, by whatever nohup has left behind', () => {
  const why = 'it was started with nohup';
  expect(reasonToGoOn(around(ON_A_TERMINAL, { environment: { _: '/usr/bin/nohup' } }))).toBe(why);
  // The shell says nothing; GNU's nohup closed the input.
  expect(reasonToGoOn(around([nothing, pipe, pipe], { isWriteOnly: () => true }))).toBe(why);
  // Others leave the input and write the file.
  const statPath: Surroundings['statPath'] = (path) => (path === 'nohup.out' ? file(5) : nothing);
  expect(reasonToGoOn(around([terminal, file(5), file(5)], { statPath }))).toBe(why);
  expect(reasonToGoOn(around([terminal, file(6), terminal], { statPath }))).toBeNull();
});

test('one whose shell ignores SIGHUP goes on', () => {
  const ancestorsIgnoringHangup = () => [false, true];
  expect(reasonToGoOn(around(ON_A_TERMINAL, { ancestorsIgnoringHangup }))).toBe(
    'what started it ignores SIGHUP',
  );
});

test('one that was taken off its terminal by hand goes on', () => {
  const why = 'its input and outputs stand in no terminal';
  expect(reasonToGoOn(around([nothing, file(1), file(1)]))).toBe(why);
  expect(reasonToGoOn(around([null, file(1), nothing]))).toBe(why);
});

test('the real surroundings can be asked', () => {
  expect([null, expect.any(String)]).toContainEqual(reasonToGoOn());
});
