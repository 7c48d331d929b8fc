// npm run lecture:figures [-- NAME …]: trains the presets of `docs/lecture.md`, as far as their figures are not those of
// the present spec and kernels, and writes the figures into the page. Needs MNIST (SHOAL_DATA_DIR) for what is trained.
import { presets } from '@shoal/core';
import { originOf, readRecords, train, writeRecords } from './lecture/train.mjs';

const named = process.argv.slice(2);
const names = presets.map(({ name }) => name);
const unknown = named.find((name) => !names.includes(name));
if (unknown !== undefined) {
  console.error(`There is no preset "${unknown}": "npx shoal presets" lists them.`);
  process.exit(2);
}

const records = await readRecords();
for (const name of named.length === 0 ? names : named) {
  const { spec, kernels } = originOf(name);
  const known = records[name];
  if (known !== undefined && known.spec === spec && known.kernels === kernels) continue;
  const began = performance.now();
  records[name] = await train(name);
  // Kept at once: whoever breaks off here goes on from here.
  await writeRecords(Object.fromEntries(names.flatMap((one) => (records[one] ? [[one, records[one]]] : []))));
  console.log(
    `${name}: ${((performance.now() - began) / 1000).toFixed(0)} s. ${records[name].result.reason}`,
  );
}
