import { describe, expect, it } from 'vitest';
import { SET_NAMES } from '../data/dataSet.ts';
import { DATA_SOURCES } from '../data/sources.ts';
import { DTYPE_NAMES } from '../data/tensor.ts';
import { ENGINE_NAMES } from '../engine/engine.ts';
import { Purpose } from '../random/threefry.ts';
import { RUN_STATES } from '../watch/records.ts';
import { encodeMessage } from './codec.ts';
import { ByeCode, FAILURE_CODES, HELP, LEASE_TASKS } from './codes.ts';
import { DEFAULT_LIMITS, PROTOCOL_VERSION } from './limits.ts';
import { coordinatorMessageSchema, workerMessageSchema } from './messages.ts';
import { page, rows, section } from './page.suite.ts';

/** Every `#### \`name\`` under a heading, with the names of its fields. */
function messages(heading: string): [name: string, fields: string[]][] {
  const text = section(heading);
  return [...text.matchAll(/^#### `(\w+)`$/gm)].map((match) => {
    const body = text.slice((match.index ?? 0) + match[0].length).split('\n#### ')[0] ?? '';
    return [match[1] ?? '', rows(body).map(([field]) => field ?? '')];
  });
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('docs/protocol.md', () => {
  it('is about the version that is spoken', () => {
    expect(page).toMatch(new RegExp(`^# The Shoal protocol, version ${PROTOCOL_VERSION}$`, 'm'));
  });

  it('lists exactly the bye codes, with number and retry', () => {
    const listed = rows(section('### Bye codes')).map(([name, code, retry]) => [name, Number(code), retry]);
    const known = Object.entries(ByeCode).map(([name, { code, retry }]) => [
      name,
      code,
      retry ? 'yes' : 'no',
    ]);
    expect(listed).toEqual(known);
  });

  it('lists exactly the failure codes', () => {
    expect(rows(section('### Failure codes')).map(([name]) => name)).toEqual([...FAILURE_CODES]);
  });

  it('lists exactly the limits, with their defaults', () => {
    const [limits = ''] = section('## Limits').split('| Bound |');
    const listed = rows(limits).map(([name, value]) => [name, Number(value)]);
    expect(listed).toEqual(Object.entries(DEFAULT_LIMITS));
  });

  it('names no limit that it does not list', () => {
    const listed = rows(section('## Limits')).map(([name]) => name);
    const fields = [...messages('### Worker to coordinator'), ...messages('### Coordinator to worker')];
    const known = new Set([...listed, ...fields.flatMap(([, names]) => names)]);
    const named = [...page.matchAll(/`([a-z]\w*(?:Max|Ms))`/g)].map(([, name]) => name);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  it('describes exactly the messages of each direction, with every field', () => {
    const fieldsOf = (schema: { readonly options: readonly { readonly entries: object }[] }) =>
      schema.options.map(({ entries }) => {
        const { type } = entries as { readonly type: { readonly literal: string } };
        return [type.literal, Object.keys(entries)];
      });
    expect(messages('### Worker to coordinator')).toEqual(fieldsOf(workerMessageSchema));
    expect(messages('### Coordinator to worker')).toEqual(fieldsOf(coordinatorMessageSchema));
  });

  it('names all that a field can be, and nothing else', () => {
    const namesIn = (field: string): string[] => {
      const row = page.split('\n').find((line) => line.startsWith(`| \`${field}\` |`)) ?? '';
      return [...row.matchAll(/`"?([\w-]+)"?`/g)]
        .map(([, name]) => name ?? '')
        .filter((name) => name !== field);
    };
    expect(namesIn('engines')).toEqual([...ENGINE_NAMES]);
    expect(namesIn('task').slice(0, LEASE_TASKS.length)).toEqual([...LEASE_TASKS]);
    expect(namesIn('set')).toEqual([...SET_NAMES]);
    expect(namesIn('state')).toEqual([...RUN_STATES]);
    expect(namesIn('help')).toEqual([...HELP, 'slow']);
    expect(namesIn('data.source')).toEqual(Object.keys(DATA_SOURCES));
    const [, dtypes = ''] = /the type of an element, ([\s\S]*?), and the extents/.exec(page) ?? [];
    expect([...dtypes.matchAll(/`"(\w+)"`/g)].map(([, name]) => name)).toEqual(DTYPE_NAMES);
  });

  it('lists exactly the purposes of random numbers', () => {
    const text = section('## Randomness').split('### Initial parameters')[0] ?? '';
    expect(rows(text).map(([name, number]) => [name, Number(number)])).toEqual(Object.entries(Purpose));
  });

  it('shows frames as the codec writes them', () => {
    const shown = [...section('### The bytes of a frame').matchAll(/```\n([\s\S]*?)```/g)].map((block) =>
      (block[1] ?? '').replaceAll(/ {2,}(?:".*|map of .*|\d)$/gm, '').replaceAll(/\s/g, ''),
    );
    const partial = encodeMessage({
      type: 'partial',
      lease: 3,
      level: 1,
      index: 0,
      finite: true,
      loss: 0.5,
      correct: 3,
      count: 8,
      vector: new Uint8Array(Float32Array.of(1, -2).buffer),
      checksum: 0xeb585349,
      computeMs: 1.5,
    });
    expect(shown).toEqual([hex(encodeMessage({ type: 'ping', nonce: 7 })), hex(partial)]);
  });
});
