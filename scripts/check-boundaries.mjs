// Holds the rule that dependencies point one way: coordinator, worker and dashboard import core, the coordinator
// imports the worker only to start local ones and the dashboard only to serve its page, core imports no sibling, no
// Node module, no host transcendental.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ALLOWED = {
  core: [],
  worker: ['core'],
  coordinator: ['core', 'worker', 'dashboard'],
  dashboard: ['core', 'worker'],
};
const HOST_MATH =
  /\bMath\.(?:exp|expm1|log|log2|log10|log1p|pow|sin|cos|tan|tanh|sinh|cosh|atan2?|asin|acos|cbrt|hypot|random)\b|[\w)\]]\s\*\*\s/;

function* sources(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.tsx?$/.test(entry.name) && !/\.(?:test|suite|generated)\.ts/.test(entry.name)) yield path;
  }
}

const problems = [];
for (const [name, allowed] of Object.entries(ALLOWED)) {
  let files;
  try {
    files = [...sources(join('packages', name, 'src'))];
  } catch {
    continue;
  }
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    for (const [, module] of text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)) {
      const sibling = module.match(/^@shoal\/([a-z]+)/)?.[1];
      if (sibling !== undefined && !allowed.includes(sibling))
        problems.push(`${file}: imports @shoal/${sibling}`);
      if (name === 'core' && module.startsWith('node:')) problems.push(`${file}: imports ${module}`);
    }
    if (name !== 'core') continue;
    text.split('\n').forEach((line, index) => {
      const code = line.replace(/\/\/.*$|^\s*\*.*$|\/\*.*\*\//, '');
      if (HOST_MATH.test(code)) problems.push(`${file}:${index + 1}: ${line.trim()}`);
    });
  }
}

if (problems.length > 0) {
  console.error(`Package boundaries are crossed (see ARCHITECTURE.md, "Packages"):\n${problems.join('\n')}`);
  process.exit(1);
}
