/**
 * npm run bench:frontier -- [--model mnist-cnn] [--settings R:H,R:H,…] [--bits UP/DOWN,…] [--seeds 1,2,3] [--write]
 *   [--out FILE] [FIELD=VALUE …]: bytes against accuracy.
 *
 * Trains every combination in this process, alone and without a network: a run is a function of its spec, so that is what
 * any cluster reaches. A setting is R replicas with H local steps each, or "synchronous"; fields that are set are of the
 * spec, as with `--set` of the command. What is done is kept in test/bench/frontier.json (--out for another file) and not
 * trained again. The table of all that is there is printed, and with --write put into docs/benchmarks.md between its
 * markers. Needs MNIST (SHOAL_DATA_DIR).
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadDataSet } from '@shoal/coordinator';
import {
  applyOverrides,
  findPreset,
  KERNEL_BUILD,
  mergeRunSpec,
  specSha256,
  splitForRun,
  trainAlone,
  wasmStrictEngine,
} from '@shoal/core';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: 'string', default: 'mnist-cnn' },
    settings: { type: 'string', default: '8:200,4:400' },
    bits: { type: 'string', default: '32/32' },
    seeds: { type: 'string', default: '1' },
    out: { type: 'string', default: fileURLToPath(new URL('./frontier.json', import.meta.url)) },
    write: { type: 'boolean', default: false },
  },
});
const PAGE = new URL('../../docs/benchmarks.md', import.meta.url);
const BEGIN = '<!-- frontier -->';
const END = '<!-- end of the frontier -->';
const CODINGS = { 32: 'f32', 8: 'int8', 4: 'int4' };
/** Of DistributedDataParallel with four workers: 8 bytes of each parameter for a worker's 64 samples of a step. */
const DDP = { bytes: 8, samples: 64 };

/** The spec of one line of the table. */
function specOf(model, setting, bits, seed) {
  const [up, down] = bits.split('/').map(Number);
  const isSynchronous = setting === 'synchronous';
  const [replicas, localSteps] = setting.split(':').map(Number);
  const base = findPreset(isSynchronous ? model : `${model}-slow-line`);
  const steps = isSynchronous ? base.steps : { ...base.steps, replicas, localSteps };
  const coding = { up: CODINGS[up], down: CODINGS[down] };
  const spec = applyOverrides(mergeRunSpec(base, { steps, coding, seed }), positionals);
  // What travels for so many samples of a replica, or of a worker of four.
  const samples = isSynchronous ? DDP.samples : localSteps * spec.batch;
  const fewer = DDP.bytes / DDP.samples / ((up + down) / 8 / samples);
  return { spec, fewer };
}

async function trained(spec) {
  const dataSet = await loadDataSet(spec.data, {
    ...{ dataFolder: null, allowDownload: false, mayStandIn: false },
    ...{ onProgress: () => {}, onNotice: () => {} },
  });
  const data = splitForRun(dataSet, spec.data, spec.seed);
  const outcome = await trainAlone({
    ...{ spec, data, engine: wasmStrictEngine },
    onEpoch: ({ epoch, trainLoss, validationAccuracy }) =>
      console.log(`  epoch ${epoch}: loss ${trainLoss.toFixed(4)}, validation ${validationAccuracy}`),
  });
  const best = outcome.history[outcome.deliveredEpoch - 1];
  return {
    state: outcome.state,
    steps: outcome.steps,
    epochs: outcome.epochs,
    validation: best?.validationAccuracy ?? null,
    test: outcome.test?.accuracy ?? null,
    parametersSha256: outcome.parametersSha256,
  };
}

/** What has been trained, by spec and kernels: others may be at it side by side. */
const readKnown = async () => JSON.parse(await readFile(values.out, 'utf8').catch(() => '{}'));

for (const seed of values.seeds.split(',').map(Number)) {
  for (const setting of values.settings.split(',')) {
    for (const bits of values.bits.split(',')) {
      const { spec, fewer } = specOf(values.model, setting, bits, seed);
      const key = `${specSha256({ ...spec, about: '' })} ${KERNEL_BUILD}`;
      if ((await readKnown())[key] !== undefined) continue;
      console.log(`${values.model}, ${setting}, ${bits} bits, seed ${seed}`);
      const began = performance.now();
      const line = { model: values.model, setting, bits, seed, fewer, changed: positionals };
      const point = { ...line, ...(await trained(spec)) };
      console.log(`  test ${point.test}, ${((performance.now() - began) / 1000).toFixed(0)} s`);
      // Kept at once: whoever breaks off here goes on from here.
      const known = { ...(await readKnown()), [key]: point };
      await writeFile(values.out, `${JSON.stringify(known, null, 1)}\n`);
    }
  }
}

const percent = (part) => (part === null ? '–' : `${(100 * part).toFixed(2)} %`);
const mean = (list) => list.reduce((sum, one) => sum + one, 0) / list.length;

/** Seeds of one setting together, the most bytes first. */
function table(lines) {
  const groups = new Map();
  for (const line of lines) {
    const setting = JSON.stringify([line.model, line.setting, line.bits, line.changed]);
    groups.set(setting, [...(groups.get(setting) ?? []), line]);
  }
  const rows = [...groups.values()]
    .sort(([a], [b]) => a.model.localeCompare(b.model) || a.fewer - b.fewer)
    .map((group) => {
      const [{ model, setting, bits, fewer, changed }] = group;
      const [replicas, steps] = setting === 'synchronous' ? ['–', '–'] : setting.split(':');
      const cells = [model, replicas, steps, bits, changed.join(' ') || '–', Math.round(fewer)];
      const accuracy = (name) =>
        percent(group.some((one) => one[name] === null) ? null : mean(group.map((one) => one[name])));
      const seeds = group.map(({ seed }) => seed).sort((a, b) => a - b);
      return [...cells, seeds.join(', '), accuracy('validation'), accuracy('test')];
    });
  const head = [
    'model',
    'replicas',
    'local steps',
    'bits up/down',
    'changed',
    'fewer bytes than DDP',
    'seeds',
    'validation',
    'test',
  ];
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

const shown = table(Object.values(await readKnown()));
console.log(shown);
if (values.write) {
  const page = await readFile(PAGE, 'utf8');
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error(`docs/benchmarks.md has no place between ${BEGIN} and ${END}.`);
  await writeFile(PAGE, `${before}${BEGIN}\n\n${shown}\n\n${END}${after}`);
}
