import { Writable } from 'node:stream';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { LineWriter } from './lineWriter.ts';
import { jsonLog, textLog } from './logStream.ts';

/** A stream that fails as the system says from its nth write on. */
function stream(code: string | null = null, failsFrom = 0) {
  const chunks: string[] = [];
  const writable = new Writable({
    decodeStrings: false,
    write: (chunk: string, _encoding, done) => {
      if (code !== null && chunks.length >= failsFrom) done(Object.assign(new Error(code), { code }));
      else {
        chunks.push(chunk);
        done();
      }
    },
  });
  return { chunks, writer: new LineWriter(writable) };
}

test('lines end with our own newlines, and nobody else can make one', async () => {
  const { chunks, writer } = stream();
  writer.lines('one', 'two\nthree', '\u001b[2J');
  writer.text('a\nb\n');
  writer.json({ text: '\u001b\u009b\n' });
  writer.json({ a: 1 }, 2);
  await writer.flush();
  expect(chunks.join('')).toBe('one\ntwo␊three\n␛[2J\na\nb\n{"text":"\\u001b\\u009b\\n"}\n{\n  "a": 1\n}\n');
  expect(writer.lost).toBeNull();
});

test.each([
  ['EPIPE', true],
  ['EIO', true],
  ['ENOSPC', false],
])('after %s the output is given up, told once, and whoever prints goes on', async (code, readerIsGone) => {
  const { chunks, writer } = stream(code, 1);
  const told: unknown[] = [];
  writer.onLost((lost) => told.push(lost));
  writer.lines('first');
  for (let i = 0; i < 100; i += 1) writer.lines('lost');
  await writer.flush();
  writer.lines('later');
  expect(chunks).toEqual(['first\n']);
  expect(told).toEqual([{ code, readerIsGone }]);
  expect(writer.lost).toEqual({ code, readerIsGone });
  writer.onLost((lost) => told.push(lost));
  expect(told).toHaveLength(2);
});

test('a log passes the same filter, as sentences for people and as JSON for programs', async () => {
  const people = stream();
  const log = pino({ level: 'info' }, textLog(people.writer));
  log.warn('A name: \u001b]0;title\u0007');
  log.info('As usual.');
  const error = new Error('odd');
  error.stack = 'Error: odd\n    at here\u001b[31m';
  log.error(error);
  log.debug('too much');
  expect(people.chunks.join('')).toBe(
    'Warning: A name: ␛]0;title␇\nAs usual.\nError: odd\n    at here␛[31m\n',
  );

  const programs = stream();
  pino({ level: 'info', base: null }, jsonLog(programs.writer)).warn('\u009b31m');
  const [line = ''] = programs.chunks;
  expect(line).not.toContain('\u009b');
  expect(JSON.parse(line)).toMatchObject({ level: 40, msg: '\u009b31m' });
});
