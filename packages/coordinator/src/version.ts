/** The version of this release, from the package itself. */
import { readFileSync } from 'node:fs';

export function packageVersion(): string {
  const file = new URL('../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
}
