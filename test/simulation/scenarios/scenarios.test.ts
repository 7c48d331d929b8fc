/** Each scenario must play as its reviewed transcript says. SHOAL_UPDATE_TRANSCRIPTS=1 writes them anew, to be read. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { openSimulator, type Simulator } from '../simulate.ts';
import { SCENARIOS } from './scenarios.ts';
import { SCENARIO_SPEC, Stage } from './stage.ts';

const FOLDER = new URL('./transcripts/', import.meta.url);
const UPDATE = process.env.SHOAL_UPDATE_TRANSCRIPTS === '1';

/** Words in lines of at most `width` characters. */
function wrapped(text: string, width: number): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) as string;
    if (line.length + word.length >= width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.join('\n');
}

describe('scenarios', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await openSimulator(SCENARIO_SPEC);
  });

  it.each(SCENARIOS)('$name plays as written, to the same bits', async ({ name, about, play }) => {
    const stage = new Stage(simulator);
    await play(stage);
    const { end, parametersSha256 } = stage.coordinator;
    expect(end?.state).toBe('finished');
    expect(parametersSha256).toBe(simulator.bench.expected.parametersSha256);
    const transcript = `${name}\n\n${wrapped(about, 100)}\n\n${stage.world.trace.join('\n')}\n`;
    const file = new URL(`${name}.txt`, FOLDER);
    if (UPDATE) writeFileSync(file, transcript);
    expect(transcript).toBe(readFileSync(file, 'utf8'));
  });

  it('are exactly those that have a transcript', () => {
    const files = readdirSync(FOLDER).sort();
    expect(files).toEqual(SCENARIOS.map(({ name }) => `${name}.txt`).sort());
  });
});
