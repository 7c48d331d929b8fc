import { expect, test } from 'vitest';
import { resumeCommand } from './resumeCommand.ts';

test('only what differs from the defaults is written', () => {
  expect(resumeCommand('r1', { out: 'runs', workers: 2, threads: 1 }, 2)).toBe('npx shoal resume r1');
  expect(resumeCommand('r1', { out: 'my runs', workers: 0, threads: 4 }, 2)).toBe(
    'npx shoal resume r1 --out "my runs" --workers 0 --threads 4',
  );
});
