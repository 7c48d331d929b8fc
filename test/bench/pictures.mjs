// npm run bench:pictures: how long 60,000 PNG files in folders take to become a data set, beside decoding them alone on one
// thread. `--pictures N` for fewer; the files are made first, in a temporary folder. Beside the time stands that of the processor,
// of all threads together, which says more where other programs want the cores as well.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadDataSet } from '@shoal/coordinator';
import { RandomStream, resolveRunSpec } from '@shoal/core';
import { decode, encode } from 'fast-png';

const CLASSES = 10;
const SIDE = 28;
const { values } = parseArgs({ options: { pictures: { type: 'string', default: '60000' } } });
const count = Number(values.pictures);
const folder = mkdtempSync(join(tmpdir(), 'shoal-pictures-'));
const seconds = async (work) => {
  const begun = performance.now();
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return [{ time: (performance.now() - begun) / 1000, processor: (user + system) / 1e6 }, result];
};

try {
  for (let label = 0; label < CLASSES; label += 1) mkdirSync(join(folder, String(label)));
  const noise = new RandomStream([1, 1, 0, 0], 0);
  for (let i = 0; i < count; i += 1) {
    const data = new Uint8Array(SIDE * SIDE);
    for (let j = 0; j < 150; j += 1)
      data[noise.integer(i * 300 + 2 * j, data.length)] = noise.integer(i * 300 + 2 * j + 1, 256);
    writeFileSync(
      join(folder, String(i % CLASSES), `${i}.png`),
      encode({ width: SIDE, height: SIDE, channels: 1, data }),
    );
  }
  const files = readdirSync(folder).flatMap((label) =>
    readdirSync(join(folder, label)).map((name) => join(folder, label, name)),
  );
  const contents = files.map((file) => readFileSync(file));
  const [alone] = await seconds(() => {
    for (const content of contents) decode(content);
  });
  const { data } = resolveRunSpec({
    data: { source: 'pictures' },
    model: { input: [1, SIDE, SIDE], layers: [{ type: 'flatten' }, { type: 'dense', units: CLASSES }] },
  });
  const [imported, dataSet] = await seconds(() =>
    loadDataSet(data, {
      ...{ dataFolder: folder, allowDownload: false, mayStandIn: false, environment: {} },
      onProgress: () => {},
      onNotice: () => {},
    }),
  );
  const samples = dataSet.train.count + dataSet.test.count;
  const told = (what) =>
    `${imported[what].toFixed(2)} s beside ${alone[what].toFixed(2)} s, ${(imported[what] / alone[what]).toFixed(2)} ×`;
  console.log(
    `${samples} pictures imported, beside decoding alone: ${told('time')}; processor: ${told('processor')}`,
  );
} finally {
  rmSync(folder, { recursive: true });
}
