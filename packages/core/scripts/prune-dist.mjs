// Part of each package's build: removes from dist what a source that is gone once compiled to, so that nothing of it is
// imported, or packed, any more. Run in the package's folder.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const COMPILED = /\.(js|d\.ts)(\.map)?$/;

for (const name of readdirSync('dist', { recursive: true })) {
  if (COMPILED.test(name) && !existsSync(join('src', name.replace(COMPILED, '.ts')))) {
    rmSync(join('dist', name));
  }
}
