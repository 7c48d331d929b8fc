import { decodeCheckpoint, type RunProgress, sentence } from '@shoal/core';
import { describe, expect, test } from 'vitest';
import { initialProgress } from '../../transition/transition.ts';
import { prepareRun } from '../preparation/prepare.ts';
import { smallData, smallSpec } from '../smallRun.suite.ts';
import { CheckpointWriter } from './checkpointWriter.ts';

const OWNER = { specSha256: 'cd'.repeat(32), kernels: '1-0123456789ab' };

/** A disk that is slow (a write ends when the test says so) and may be full. */
class Disk {
  readonly files = new Map<string, Uint8Array>();
  readonly problems: string[] = [];
  full = false;
  #writes: { file: string; finish: () => void }[] = [];

  write(file: string, content: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (): void => {
        if (this.full) return reject(new Error('ENOSPC: no space left on device'));
        this.files.set(file, content);
        resolve();
      };
      this.#writes.push({ file, finish });
    });
  }

  /** Ends the write at hand. @returns its file, or null when none is at hand */
  async next(): Promise<string | null> {
    const write = this.#writes.shift();
    write?.finish();
    // The writer takes up the next one in a later microtask.
    await new Promise((resolve) => setImmediate(resolve));
    return write?.file ?? null;
  }
}

function bench() {
  const run = prepareRun(smallSpec, smallData);
  const disk = new Disk();
  const writer = new CheckpointWriter({
    ...OWNER,
    model: run.model,
    files: { last: 'last', best: 'best', history: (mark) => `history-${mark}` },
    remove: async (file) => void disk.files.delete(file),
    write: (file, content) => disk.write(file, content),
    onProblem: (fact) => disk.problems.push(sentence(fact, 'en')),
  });
  const save = (globalStep: number, best = false): void => {
    const progress: RunProgress = { ...initialProgress(run.facts), globalStep };
    const parameters = run.arena.view(run.updater.parameters);
    writer.save({ progress, parameters, optimizer: run.updater.exportState(), vouchers: [] }, best);
  };
  const step = (file: string): number | null => {
    const bytes = disk.files.get(file);
    if (bytes === undefined) return null;
    return decodeCheckpoint(bytes, { ...OWNER, model: run.model }).progress.globalStep;
  };
  return { run, disk, writer, save, step };
}

describe('checkpoints', () => {
  test('hold the moment of the snapshot, however long the write takes', async () => {
    const { run, disk, writer, save } = bench();
    const before = run.arena.view(run.updater.parameters).slice();
    save(1);
    run.arena.view(run.updater.parameters).fill(7);
    await disk.next();
    await writer.flush();
    const state = decodeCheckpoint(disk.files.get('last') as Uint8Array, { ...OWNER, model: run.model });
    expect(state.parameters).toEqual(before);
  });

  test('are written one at a time, the best before the last that refers to it', async () => {
    const { disk, save } = bench();
    save(1, true);
    expect([await disk.next(), await disk.next(), await disk.next()]).toEqual(['best', 'last', null]);
  });

  test('a newer one replaces one that waits, but never the best', async () => {
    const { disk, writer, save, step } = bench();
    save(1);
    save(2, true);
    save(3);
    save(4);
    const written = [await disk.next(), await disk.next(), await disk.next(), await disk.next()];
    expect(written).toEqual(['last', 'best', 'last', null]);
    expect([step('best'), step('last')]).toEqual([2, 4]);
    await writer.flush();
  });

  test('a full disk is told and leaves the last good files', async () => {
    const { disk, save, step } = bench();
    save(1);
    await disk.next();
    disk.full = true;
    save(2);
    await disk.next();
    expect(step('last')).toBe(1);
    expect(disk.problems).toEqual([
      expect.stringMatching(/checkpoint last could not.*ENOSPC.*last good one stays/),
    ]);
    disk.full = false;
    save(3);
    await disk.next();
    expect(step('last')).toBe(3);
  });

  test('no state is written that names a best which could not be written', async () => {
    const { disk, writer, save, step } = bench();
    save(1, true);
    await disk.next();
    await disk.next();
    disk.full = true;
    save(2, true);
    expect(await disk.next()).toBe('best');
    expect(await disk.next(), 'The last must not be written without its best.').toBeNull();
    disk.full = false;
    save(3);
    expect([await disk.next(), await disk.next()]).toEqual(['best', 'last']);
    expect([step('best'), step('last')]).toEqual([2, 3]);
    await writer.flush();
  });
});

describe('checkpoints that are written somewhere slow', () => {
  test('are told when they are kept, and rest after each, unless somebody waits for them', async () => {
    const run = prepareRun(smallSpec, smallData);
    const written: string[] = [];
    const kept: number[] = [];
    const writer = new CheckpointWriter({
      ...{ ...OWNER, model: run.model },
      files: { last: 'last', best: 'best', history: (mark) => `history-${mark}` },
      // Longer than the test lasts: 200 times as long as a write of 50 ms.
      partOfTime: 1 / 200,
      write: async (file) => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        written.push(file);
      },
      remove: async (file) => void written.push(`no ${file}`),
      onProblem: () => {},
      onKept: (step) => kept.push(step),
    });
    const state = (globalStep: number) => ({
      progress: { ...initialProgress(run.facts), globalStep },
      parameters: run.arena.view(run.updater.parameters),
      optimizer: run.updater.exportState(),
      vouchers: [],
    });
    writer.save(state(1), false);
    while (kept.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    writer.save(state(2), false);
    writer.keep(7, { ...state(2), best: null });
    // Never written, and so not removed either.
    writer.drop(7);
    writer.save(state(3), false);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(kept).toEqual([1]);
    await writer.flush();
    expect(kept).toEqual([1, 3]);
    expect(written).toEqual(['last', 'last']);
  });
});
