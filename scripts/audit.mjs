// npm run audit: what is installed is what was chosen (exact versions, hashes in the lockfile), and none of it is known to
// be dangerous, as far as the registry answers that. Without an answer one line says so, and only the rest is checked.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Findings below this are told and let pass. */
const WORST_LET_PASS = ['info', 'low', 'moderate'];
const ANSWER_MS_MAX = 60_000;

const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
const problems = [];

const manifests = [
  'package.json',
  ...readdirSync('packages').map((name) => join('packages', name, 'package.json')),
];
for (const file of manifests) {
  const { dependencies = {}, devDependencies = {}, optionalDependencies = {}, overrides = {} } = read(file);
  const all = { ...dependencies, ...devDependencies, ...optionalDependencies, ...overrides };
  for (const [name, version] of Object.entries(all)) {
    if (typeof version === 'string' && !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) {
      problems.push(`${file}: ${name} is not pinned to one version (${version}).`);
    }
  }
}

for (const [path, entry] of Object.entries(read('package-lock.json').packages)) {
  if (!path.includes('node_modules/') || entry.link === true || entry.inBundle === true) continue;
  if (typeof entry.integrity !== 'string') problems.push(`package-lock.json: ${path} has no hash.`);
}

const { stdout } = spawnSync('npm', ['audit', '--json'], {
  encoding: 'utf8',
  timeout: ANSWER_MS_MAX,
  shell: process.platform === 'win32',
});
let answer = {};
try {
  answer = JSON.parse(stdout);
} catch {
  // No answer at all.
}
if (answer.vulnerabilities === undefined) {
  console.log(
    `The registry does not answer audits (${answer.message ?? 'no answer'}); pins and hashes were checked.`,
  );
} else {
  for (const { name, severity, range } of Object.values(answer.vulnerabilities)) {
    const sentence = `${name} ${range} has a known weakness (${severity}).`;
    if (WORST_LET_PASS.includes(severity)) console.log(sentence);
    else problems.push(sentence);
  }
}

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
console.log('Every dependency is pinned and hashed.');
