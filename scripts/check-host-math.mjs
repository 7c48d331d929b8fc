// Holds the rule that nothing in core computes with a host function whose bits are open. Which folder may import which is
// held by Biome (`noRestrictedImports` in biome.json).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

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
for (const file of sources(join('packages', 'core', 'src'))) {
  const lines = readFileSync(file, 'utf8').split('\n');
  lines.forEach((line, index) => {
    const code = line.replace(/\/\/.*$|^\s*\*.*$|\/\*.*\*\//, '');
    if (HOST_MATH.test(code)) problems.push(`${file}:${index + 1}: ${line.trim()}`);
  });
}

if (problems.length > 0) {
  console.error(
    `Core computes with host functions whose bits are open. Use math/elementary.ts and random/threefry.ts:\n${problems.join('\n')}`,
  );
  process.exit(1);
}
