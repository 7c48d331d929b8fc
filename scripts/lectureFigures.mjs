// npm run lecture:figures [-- NAME …]: trains the presets of `docs/lecture.md`, as far as their figures are not those of
// the present spec and kernels, and writes the figures into the page and its Chinese form. Needs MNIST (SHOAL_DATA_DIR) for what is trained.
import { readFile, writeFile } from 'node:fs/promises';
import { figuresOf, fill } from './lecture/figures.mjs';
import { figuredPresets, originOf, readRecords, writeRecords } from './lecture/records.mjs';
import { train } from './lecture/train.mjs';

const PAGES = { en: 'lecture.md', zh: 'lecture.zh.md' };

const named = process.argv.slice(2);
const names = figuredPresets.map(({ name }) => name);
const unknown = named.find((name) => !names.includes(name));
if (unknown !== undefined) {
  console.error(`The page has no figures of a preset "${unknown}". It has those of: ${names.join(', ')}.`);
  process.exit(2);
}

const records = await readRecords();
const isCurrent = (name) => {
  const { spec, kernels } = originOf(name);
  return records[name]?.spec === spec && records[name]?.kernels === kernels;
};
for (const name of named.length === 0 ? names : named) {
  if (isCurrent(name)) continue;
  const began = performance.now();
  records[name] = await train(name);
  // Kept at once: whoever breaks off here goes on from here.
  await writeRecords(records);
  console.log(
    `${name}: ${((performance.now() - began) / 1000).toFixed(0)} s. ${records[name].result.reason}`,
  );
}
const missing = names.filter((name) => !isCurrent(name));
if (missing.length > 0) {
  console.log(`The pages are as they were: ${missing.join(', ')} are to be trained first.`);
} else {
  for (const [language, name] of Object.entries(PAGES)) {
    const page = new URL(`../docs/${name}`, import.meta.url);
    await writeFile(page, fill(await readFile(page, 'utf8'), figuresOf(records, language)));
  }
}
