import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Purpose, threefry } from '../random/threefry.ts';
import { encodeMessage } from './codec.ts';
import { ByeCode, FAILURE_CODES } from './codes.ts';
import { DEFAULT_LIMITS, PROTOCOL_VERSION } from './limits.ts';
import { coordinatorMessageSchema, workerMessageSchema } from './messages.ts';

const page = readFileSync(new URL('../../../../docs/protocol.md', import.meta.url), 'utf8');

/** The text under a heading, up to the next one of the same rank or a higher one. */
function section(heading: string): string {
  const start = page.indexOf(`\n${heading}\n`);
  if (start < 0) throw new Error(`docs/protocol.md has no heading "${heading}".`);
  const rank = heading.indexOf(' ');
  const rest = page.slice(start + heading.length + 2);
  const end = rest.search(new RegExp(`^#{1,${rank}} `, 'm'));
  return end < 0 ? rest : rest.slice(0, end);
}

/** The rows of the tables in a text, as cells without back quotes; rows whose first cell is no `name` are left out. */
function rows(text: string): string[][] {
  return [...text.matchAll(/^\| (`.*)\|$/gm)].map((row) =>
    (row[1] ?? '').split('|').map((cell) => cell.trim().replaceAll('`', '')),
  );
}

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
    const listed = rows(section('## Limits')).map(([name, value]) => [name, Number(value)]);
    expect(listed).toEqual(Object.entries(DEFAULT_LIMITS));
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

  it('lists exactly the purposes of random numbers, and blocks that the generator gives', () => {
    const text = section('## Randomness').split('### Initial parameters')[0] ?? '';
    expect(rows(text).map(([name, number]) => [name, Number(number)])).toEqual(Object.entries(Purpose));
    const block = new Uint32Array(4);
    for (const index of [0, 1]) {
      threefry([1, Purpose.shuffle, 0, 0], 0, index, 0, 0, block);
      const words = [...block].map((word) => word.toString(16).padStart(8, '0')).join(' ');
      expect(text).toContain(`| 1 2 0 0 | 0 ${index} 0 0 | \`${words}\` |`);
    }
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
      gradient: new Uint8Array(Float32Array.of(1, -2).buffer),
      checksum: 0xeb585349,
      computeMs: 1.5,
    });
    expect(shown).toEqual([hex(encodeMessage({ type: 'ping', nonce: 7 })), hex(partial)]);
  });
});
