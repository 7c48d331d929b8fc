import { expect, test } from 'vitest';
import { resumeCommand } from './resumeCommand.ts';

test('only what differs from the defaults is written', () => {
  expect(resumeCommand('r1', { out: 'runs', workers: 2, threads: 1 }, 2)).toBe('npx --no shoal resume r1');
  expect(resumeCommand('r1', { out: 'my runs', workers: 0, threads: 4 }, 2)).toBe(
    'npx --no shoal resume r1 --out "my runs" --workers 0 --threads 4',
  );
});

test('the name of an older run that begins with a dash is written as a path', () => {
  expect(resumeCommand('-2026-1', { out: 'runs' }, 2)).toBe('npx --no shoal resume runs/-2026-1');
  expect(resumeCommand('-2026-1', { out: '/data/runs' }, 2)).toBe('npx --no shoal resume /data/runs/-2026-1');
  expect(resumeCommand('-2026-1', { out: '.' }, 2)).toBe('npx --no shoal resume ./-2026-1');
});
