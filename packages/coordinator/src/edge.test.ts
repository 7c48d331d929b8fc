/** Below the edges facts are told: sentences are worded in core's `words/`, by the command line and by the pages. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { literalsOf, readsLikeEnglish } from '../../core/src/words/literals.suite.ts';

const PACKAGES = fileURLToPath(new URL('../../', import.meta.url));

/** What decides and what carries out, in the coordinator and in workers. */
const FOLDERS = [
  ...['transition', 'run', 'service', 'connection', 'news', 'sweep'].map((name) => `coordinator/src/${name}`),
  ...['session', 'shell', 'slot', 'memory', 'browser'].map((name) => `worker/src/${name}`),
];

/**
 * Whoever asks for what cannot be done is told so in English by an error, beside which there is a code or a fact; the
 * others are programming errors.
 */
const ERRORS = ['UserError', 'ControlError', 'LockedError', 'Error', 'RangeError', 'TypeError'];

const FOR_DEVELOPERS = 'The `detail` of a fact: for whoever writes a worker or a coordinator.';
const ON_THE_WIRE = 'Told to the program at the other end, beside a code, as docs/protocol.md says.';
const IN_AN_ERROR = 'Part of the message of an error.';
const IN_THE_FOLDER = 'A line of run.log, which is for people and English.';
const OF_THE_BROWSER = 'What befell a thread: set into a sentence like the messages of errors.';

/** Where sentences are composed all the same, and why. */
const ALLOWED: Readonly<Record<string, string>> = {
  'coordinator/src/transition/placement/acceptance.ts': FOR_DEVELOPERS,
  'coordinator/src/transition/placement/headway.ts': FOR_DEVELOPERS,
  'coordinator/src/transition/trust/answers.ts': FOR_DEVELOPERS,
  'coordinator/src/run/preparation/probeAnswer.ts': FOR_DEVELOPERS,
  'coordinator/src/run/driver/gradientInbox.ts': FOR_DEVELOPERS,
  'coordinator/src/run/driver/workerMessages.ts': FOR_DEVELOPERS,
  'coordinator/src/run/folder/runFolder.ts': IN_AN_ERROR,
  'coordinator/src/run/folder/runRecorder.ts': IN_THE_FOLDER,
  'coordinator/src/run/runObserver.ts': IN_THE_FOLDER,
  'coordinator/src/service/runService.ts': IN_AN_ERROR,
  'coordinator/src/service/reception.ts': FOR_DEVELOPERS,
  'coordinator/src/service/runControl.ts': IN_AN_ERROR,
  'coordinator/src/service/workerControl.ts': IN_AN_ERROR,
  'coordinator/src/connection/connections.ts': FOR_DEVELOPERS,
  'coordinator/src/connection/memoryConnection.ts': FOR_DEVELOPERS,
  'coordinator/src/connection/phasedConnection.ts': FOR_DEVELOPERS,
  'coordinator/src/connection/socketConnection.ts': FOR_DEVELOPERS,
  'worker/src/session/session.ts': FOR_DEVELOPERS,
  'worker/src/session/participation.ts': FOR_DEVELOPERS,
  'worker/src/session/computing.ts': FOR_DEVELOPERS,
  'worker/src/session/lending.ts': ON_THE_WIRE,
  'worker/src/session/runContext.ts': FOR_DEVELOPERS,
  'worker/src/session/leaseIntake.ts': ON_THE_WIRE,
  'worker/src/session/leaseWork.ts': ON_THE_WIRE,
  'worker/src/session/leaseQueue.ts': ON_THE_WIRE,
  'worker/src/slot/computers.ts': ON_THE_WIRE,
  'worker/src/session/reconnection.ts': 'Names of states.',
  'worker/src/shell/readFrame.ts': FOR_DEVELOPERS,
  'worker/src/browser/gpuComputer.ts': OF_THE_BROWSER,
  'worker/src/browser/webSlot.ts': OF_THE_BROWSER,
};

function* filesIn(folder: string): Generator<string> {
  for (const entry of readdirSync(PACKAGES + folder, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* filesIn(path);
    else if (/\.ts$/.test(entry.name) && !/\.(?:test|suite)\.ts$/.test(entry.name)) yield path;
  }
}

/** The first sentence that a file composes; null where it composes none. */
function composed(file: string): string | null {
  const found = literalsOf(readFileSync(PACKAGES + file, 'utf8')).find(
    ({ text, error }) => readsLikeEnglish(text) && !ERRORS.includes(error ?? ''),
  );
  return found === undefined ? null : `${file}:${found.line}: ${found.text}`;
}

test('what decides and what carries out composes no sentence', () => {
  const composing = FOLDERS.flatMap((folder) => [...filesIn(folder)]).flatMap((file) => {
    const sentence = composed(file);
    return sentence === null ? [] : [{ file, sentence }];
  });
  const strange = composing
    .filter(({ file }) => !Object.hasOwn(ALLOWED, file))
    .map(({ sentence }) => sentence);
  expect(strange, "Make a fact of each in core's facts/ and word it in words/.").toEqual([]);
  expect(Object.keys(ALLOWED).filter((file) => !composing.some((one) => one.file === file))).toEqual([]);
});

test('the transition words nothing, not even what is a fact', () => {
  for (const file of filesIn('coordinator/src/transition')) {
    const source = readFileSync(PACKAGES + file, 'utf8');
    expect(source, file).not.toMatch(/\bsentences?\(/);
  }
});
