import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ALL_READ, keepTokenFile, readTokenFile } from './tokenFile.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-token-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a token file', () => {
  test('is made once, with its folder, and is the same for all who ask', async () => {
    const file = join(folder, 'new', 'token');
    const tokens = await Promise.all([keepTokenFile(file), keepTokenFile(file)]);
    expect(tokens[0]).toMatch(/^[\w-]{22}$/);
    expect(new Set([...tokens, await readTokenFile(file), await keepTokenFile(file)]).size).toBe(1);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test('is read by others where others are to read it', async () => {
    const file = join(folder, 'metrics');
    await keepTokenFile(file, ALL_READ);
    expect((await stat(file)).mode & 0o444).toBe(0o444);
  });

  test('that is there is kept as it is', async () => {
    const file = join(folder, 'token');
    await writeFile(file, ' chosen.by~hand\n', { mode: 0o400 });
    expect(await keepTokenFile(file)).toBe('chosen.by~hand');
    expect(await readFile(file, 'utf8')).toBe(' chosen.by~hand\n');
  });

  test('of something else, or where none can be, is refused with a way on', async () => {
    const file = join(folder, 'text');
    await writeFile(file, 'two words\n');
    await expect(keepTokenFile(file)).rejects.toThrow(/text holds no token: it must be one line/);
    await expect(keepTokenFile(join(file, 'below'))).rejects.toThrow(
      /cannot be made \(.*\)\. Name another file\./,
    );
    await expect(readTokenFile(join(folder, 'none'))).rejects.toThrow(
      /cannot be read .* --token-file makes one/,
    );
  });
});
