import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { DEFAULT_ACCESS_LIMITS, DEFAULT_COORDINATOR_LIMITS, readLimits, WATCH_BOUNDS } from './limits.ts';
import { WATCH_LIMITS } from './watchLimits.ts';

const page = readFileSync(new URL('../../../../docs/security.md', import.meta.url), 'utf8');
const protocol = readFileSync(new URL('../../../../docs/protocol.md', import.meta.url), 'utf8');

describe('docs/security.md', () => {
  it('lists exactly the limits, with their defaults', () => {
    const table = /\n## Limits\n([\s\S]*?)\n## /.exec(page)?.[1] ?? '';
    const listed = [...table.matchAll(/^\| `(\w+)` \| (\d+) \|/gm)].map(([, name, value]) => [
      name,
      Number(value),
    ]);
    const ofPages = WATCH_BOUNDS.map((name) => [name, WATCH_LIMITS[name]]);
    expect(listed).toEqual([...Object.entries(DEFAULT_ACCESS_LIMITS), ...ofPages]);
  });

  it('names tests that exist', () => {
    const root = new URL('../../../../', import.meta.url);
    const named = [...page.matchAll(/`([\w/.]+\.test\.ts)`/g)].map(([, path]) => path ?? '');
    expect(named.length).toBeGreaterThan(10);
    const folders = ['', 'packages/', 'packages/coordinator/src/'];
    const lost = named.filter((path) => !folders.some((folder) => existsSync(new URL(folder + path, root))));
    expect(lost).toEqual([]);
  });
});

test('docs/protocol.md tells workers of bounds with their defaults', () => {
  const [, table = ''] = /\n\| Bound \|.*\n\|-.*\n((?:\|.*\n)+)/.exec(protocol) ?? [];
  const listed = [...table.matchAll(/^\| `(\w+)` \| (\d+) \|/gm)].map(([, name, value]) => [
    name,
    Number(value),
  ]);
  expect(listed.length).toBeGreaterThan(4);
  expect(DEFAULT_ACCESS_LIMITS).toMatchObject(Object.fromEntries(listed));
});

test('limits of the server and of placing work are set by name', () => {
  const { server, scheduling } = readLimits([
    'addressConnectionsMax=500',
    'silenceMs=1000',
    'unansweredMs=30000',
  ]);
  expect(server).toEqual({
    ...DEFAULT_COORDINATOR_LIMITS.server,
    addressConnectionsMax: 500,
    silenceMs: 1000,
  });
  expect(scheduling).toEqual({ ...DEFAULT_COORDINATOR_LIMITS.scheduling, unansweredMs: 30_000 });
});

test.each([
  ['addresConnectionsMax=3', /cannot set "addresConnectionsMax": did you mean "addressConnectionsMax"\?/],
  ['nestingMax=3', /cannot set "nestingMax": did you mean/],
  ['__proto__=3', /cannot set "__proto__"/],
  ['silenceMs', /silenceMs must be a whole number of at least 1, not ""/],
  ['silenceMs=0', /not "0"/],
  ['silenceMs=1e400', /not "1e400"/],
  ['silenceMs=many', /not "many": write silenceMs=100/],
])('--limit %s is refused with a sentence', (setting, sentence) => {
  expect(() => readLimits([setting])).toThrow(sentence);
});
