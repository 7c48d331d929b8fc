// npm run scale [-- --write]: what 10⁴ to 10⁶ volunteers need, as docs/scale.md has it; --write puts it there.
import { readFile, writeFile } from 'node:fs/promises';
import { tables } from './scale/cases.mjs';

const PAGE = new URL('../docs/scale.md', import.meta.url);
const [BEGIN, END] = ['<!-- scale: begin -->', '<!-- scale: end -->'];

if (process.argv.includes('--write')) {
  const page = await readFile(PAGE, 'utf8');
  const [before, rest] = page.split(BEGIN);
  await writeFile(PAGE, `${before}${BEGIN}\n${tables()}${END}${rest.split(END)[1]}`);
} else {
  console.log(tables());
}
