// Writes packages/coordinator/examples/houses.csv, the table of the preset `houses`: made-up houses whose rents follow a
// formula that is not linear, with noise, a category and a few missing values. The same numbers every time.
import { writeFile } from 'node:fs/promises';
import { RandomStream } from '@shoal/core';

const COUNT = 400;
const CITIES = { Amberg: 6, Brilon: 8, Celle: 11 };
const noise = new RandomStream([2026, 1, 0, 0], 0);
const lines = ['area,rooms,age,city,garden,rent'];
for (let i = 0; i < COUNT; i += 1) {
  const draw = (k) => noise.uniform(8 * i + k);
  const area = Math.round(25 + 150 * draw(0));
  const rooms = Math.max(1, Math.round(area / 28 + draw(1) - 0.5));
  const age = Math.floor(90 * draw(2));
  const city = Object.keys(CITIES)[Math.floor(3 * draw(3))];
  const garden = draw(4) < 0.4 ? 'yes' : 'no';
  const each = CITIES[city] - age / 30 + (age > 70 ? 2 : 0) + 60 / area;
  const rent = area * each + (garden === 'yes' ? 90 : 0) + 40 * (draw(5) - 0.5);
  lines.push([area, draw(6) < 0.03 ? '' : rooms, age, city, garden, rent.toFixed(2)].join(','));
}
await writeFile(
  new URL('../packages/coordinator/examples/houses.csv', import.meta.url),
  `${lines.join('\n')}\n`,
);
