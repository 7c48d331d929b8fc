import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { changeLabel, labelFile, NO_LABEL, NOTES_LENGTH_MAX, readLabel, TAGS_MAX } from './label.ts';
import { FolderLock } from './lock.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-label-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a run that nobody has labelled has an empty label', async () => {
  expect(await readLabel(folder)).toEqual(NO_LABEL);
  expect(await readLabel(join(folder, 'not there'))).toEqual(NO_LABEL);
});

test('what is given is changed and the rest stays, whole and private', async () => {
  await changeLabel(folder, { name: '  Wide\tnet \n', tags: ['sweep:lr', 'good', 'good', ' '] });
  const label = await changeLabel(folder, { notes: 'first\r\nsecond\u0007', archived: true });
  expect(label).toEqual({
    name: 'Wide net',
    tags: ['sweep:lr', 'good'],
    notes: 'first\nsecond',
    archived: true,
  });
  expect(await readLabel(folder)).toEqual(label);
  expect(JSON.parse(await readFile(labelFile(folder), 'utf8'))).toEqual(label);
  expect(await readdir(folder)).toEqual(['label.json', 'label.lock']);
  if (process.platform !== 'win32') expect((await stat(labelFile(folder))).mode & 0o777).toBe(0o600);
  expect(await changeLabel(folder, { name: '', tags: [] })).toMatchObject({ name: '', tags: [] });
});

test('of changes at the same time none is lost', async () => {
  await Promise.all([
    changeLabel(folder, { name: 'n' }),
    changeLabel(folder, { tags: ['t'] }),
    changeLabel(folder, { notes: 'w' }),
    changeLabel(folder, { archived: true }),
  ]);
  expect(await readLabel(folder)).toEqual({ name: 'n', tags: ['t'], notes: 'w', archived: true });
});

test('what depends on the label as it is sees what another process has just written', async () => {
  const lock = await FolderLock.take(join(folder, 'label.lock'), { what: 'The label' });
  const change = changeLabel(folder, ({ tags }) => ({ tags: [...tags, 'second'] }));
  await writeFile(labelFile(folder), JSON.stringify({ ...NO_LABEL, tags: ['first'] }));
  await lock.release();
  expect(await change).toMatchObject({ tags: ['first', 'second'] });
});

test.each([
  ['no JSON', 'name: x', NO_LABEL],
  ['no object', '[1, 2]', NO_LABEL],
  ['a single null', 'null', NO_LABEL],
  ['fields of other types', '{"name": 3, "tags": "a", "notes": null, "archived": "yes"}', NO_LABEL],
  [
    'some that are right, and one that nobody knows',
    '{"name": "a\\u001b[31mb", "tags": [1, "x", null, "x"], "colour": "red"}',
    { ...NO_LABEL, name: 'a [31mb', tags: ['x'] },
  ],
  [
    'a name that is too long',
    JSON.stringify({ name: '名'.repeat(300) }),
    { ...NO_LABEL, name: '名'.repeat(200) },
  ],
  [
    'too many tags',
    JSON.stringify({ tags: Array.from({ length: 50 }, (_, i) => `t${i}`) }),
    { ...NO_LABEL, tags: Array.from({ length: TAGS_MAX }, (_, i) => `t${i}`) },
  ],
  ['a giant', JSON.stringify({ notes: 'x'.repeat(400_000) }), NO_LABEL],
])('a file with %s is read as far as it can be', async (_, content, label) => {
  await writeFile(labelFile(folder), content);
  expect(await readLabel(folder)).toEqual(label);
});

test.each([
  [{ name: 'x'.repeat(201) }, 'The name of a run may have 200 characters at most, not 201: make it shorter.'],
  [
    { tags: ['x'.repeat(65)] },
    /^The tag "x{64}…" may have 64 characters at most, not 65: make it shorter\.$/,
  ],
  [{ tags: ['a,b'] }, 'The tag "a,b" has a comma in it: write two tags, or none.'],
  [
    { tags: Array.from({ length: 33 }, (_, i) => `t${i}`) },
    'A run has at most 32 tags, not 33: take some away.',
  ],
  [
    { notes: 'n'.repeat(NOTES_LENGTH_MAX + 1) },
    'The notes of a run may have 10000 characters at most, not 10001: make them shorter.',
  ],
])('what is too much is refused in a sentence, and nothing changes', async (change, sentence) => {
  await changeLabel(folder, { name: 'before' });
  await expect(changeLabel(folder, change)).rejects.toThrow(sentence);
  expect(await readLabel(folder)).toEqual({ ...NO_LABEL, name: 'before' });
});

test('a folder that cannot be written is told in a sentence', async () => {
  await mkdir(labelFile(folder));
  await expect(changeLabel(folder, { name: 'x' })).rejects.toThrow(
    /^Nothing has changed: .*label\.json cannot/,
  );
});
