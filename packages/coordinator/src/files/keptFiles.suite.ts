/** What every way of keeping files must do, whatever it keeps them in. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type KeptFiles, readText } from './keptFiles.ts';

export type KeptFilesUnderTest = {
  readonly files: KeptFiles;
  /** A folder that is there and empty. */
  readonly root: string;
  /** The same files as another process finds them that comes later. */
  readonly reopened: () => Promise<KeptFiles>;
};

export function testKeptFiles(name: string, open: () => Promise<KeptFilesUnderTest>): void {
  describe(`kept files: ${name}`, () => {
    test('what is not there is null, and its removal no problem', async () => {
      const { files, root } = await open();
      expect(await files.read(join(root, 'run-1', 'nothing'))).toBeNull();
      await files.remove(join(root, 'run-1', 'nothing'));
      expect(await files.list(join(root, 'absent'))).toEqual({ files: [], folders: [] });
    });

    test.each([0, 1, 1_000, 70_000, 3_000_001])('%i bytes are read as they were written', async (length) => {
      const { files, root, reopened } = await open();
      await files.make(join(root, 'run-1', 'checkpoints'));
      const file = join(root, 'run-1', 'checkpoints', 'last');
      const content = Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) % 256);
      await files.replace(file, content, true);
      for (const one of [files, await reopened()]) {
        const read = await one.read(file);
        expect(Buffer.compare(read ?? Buffer.from('none'), content)).toBe(0);
      }
    });

    test('what is written last is what is there', async () => {
      const { files, root } = await open();
      await files.make(join(root, 'run-1'));
      const file = join(root, 'run-1', 'a');
      await files.replace(file, 'one');
      await files.replace(file, new TextEncoder().encode('two, and longer'));
      expect(await readText(files, file)).toBe('two, and longer');
    });

    test('what is appended follows what was there, in the order of the calls', async () => {
      const { files, root, reopened } = await open();
      await files.make(join(root, 'run-1'));
      const file = join(root, 'run-1', 'steps.jsonl');
      let expected = '';
      for (let i = 0; i < 40; i += 1) {
        const line = `${i} ${'x'.repeat(i * 97)}\n`;
        await files.append(file, line);
        expected += line;
      }
      expect(await readText(await reopened(), file)).toBe(expected);
      await files.replace(file, 'anew\n');
      await files.append(file, 'and on\n', true);
      expect(await readText(await reopened(), file)).toBe('anew\nand on\n');
    });

    test('bytes are appended as they are', async () => {
      const { files, root, reopened } = await open();
      await files.make(join(root, 'run-1'));
      const file = join(root, 'run-1', 'events');
      await files.append(file, Uint8Array.of(0, 255, 128));
      await files.append(file, Uint8Array.of(200, 10));
      expect([...((await (await reopened()).read(file)) ?? [])]).toEqual([0, 255, 128, 200, 10]);
    });

    test('what is jotted down is there in the end', async () => {
      const { files, root, reopened } = await open();
      await files.make(join(root, 'run-1'));
      const file = join(root, 'run-1', 'run.log');
      files.jot(file, 'a\n');
      files.jot(file, 'b\n');
      // What is written after it, is written after it.
      await files.append(file, 'c\n');
      expect(await readText(await reopened(), file)).toBe('a\nb\nc\n');
    });

    test('folders and files are listed apart, in order, and a run goes with all that is its own', async () => {
      const { files, root, reopened } = await open();
      await files.replace(join(root, 'standing.json'), '{}');
      for (const run of ['run-2', 'run-1', 'run-3']) {
        await files.make(join(root, run, 'checkpoints'));
        await files.replace(join(root, run, 'run.json'), run);
        await files.replace(join(root, run, 'checkpoints', 'b'), run);
        await files.replace(join(root, run, 'checkpoints', 'a'), new Uint8Array(200_000));
      }
      await files.discard(join(root, 'run-3'));
      await files.remove(join(root, 'run-1', 'checkpoints', 'b'));
      const other = await reopened();
      expect(await other.list(root)).toEqual({ files: ['standing.json'], folders: ['run-1', 'run-2'] });
      expect(await other.list(join(root, 'run-2'))).toEqual({
        files: ['run.json'],
        folders: ['checkpoints'],
      });
      expect((await other.list(join(root, 'run-2', 'checkpoints'))).files).toEqual(['a', 'b']);
      expect((await other.list(join(root, 'run-1', 'checkpoints'))).files).toEqual(['a']);
      expect(await other.read(join(root, 'run-3', 'run.json'))).toBeNull();
    });

    test('a folder’s mark stays while nothing changes in it, and no change goes by unseen', async () => {
      const { files, root } = await open();
      const folder = join(root, 'run-1');
      expect(await files.mark(folder, ['a'])).toBeNull();
      await files.make(folder);
      const seen = new Set<string>();
      const changes: (() => Promise<void>)[] = [
        () => files.replace(join(folder, 'a'), 'one'),
        () => files.append(join(folder, 'a'), ' and on'),
        () => files.replace(join(folder, 'a'), 'two'),
        () => files.replace(join(folder, 'b'), 'other'),
        () => files.remove(join(folder, 'b')),
      ];
      for (const change of changes) {
        await change();
        const mark = await files.mark(folder, ['a']);
        // Null says that it may be another one at once; a mark that is told is never told again.
        if (mark === null) continue;
        expect(await files.mark(folder, ['a'])).toBe(mark);
        expect(seen).not.toContain(mark);
        seen.add(mark);
      }
    });
  });
}
