/**
 * The browsers of this machine. Where one is missing and may be installed (Debian, as root, unless SHOAL_NO_INSTALL is
 * set), the system's own package is.
 */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { inChromium } from './chromium.ts';
import { inFirefox } from './firefox.ts';
import { inWebKit } from './webkit.ts';

/** Opens the page in the browser and gives the text that the expression's promise resolves to. */
export type Evaluate = (url: string, expression: string) => Promise<string>;

export type Browser = {
  readonly name: string;
  /** Debian's packages. */
  readonly packages: readonly string[];
  /** Null where it is not installed. */
  find(): Evaluate | null;
};

const INSTALL_TIMEOUT_MS = 240_000;

/** The first of these programs that is there: a name is looked for on the PATH, a path is taken as it is. */
function program(...names: readonly string[]): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter);
  for (const name of names) {
    const paths = name.includes('/') ? [name] : folders.map((folder) => join(folder, name));
    const found = paths.find((path) => existsSync(path));
    if (found !== undefined) return found;
  }
  return null;
}

/** Debian keeps it out of the PATH, in a folder named after its version. */
function miniBrowser(): string | null {
  for (const library of [
    '/usr/lib',
    `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`,
  ]) {
    const versions = existsSync(library) ? readdirSync(library) : [];
    const folder = versions.find(
      (name) => /^webkit2?gtk-\d/.test(name) && existsSync(join(library, name, 'MiniBrowser')),
    );
    if (folder !== undefined) return join(library, folder, 'MiniBrowser');
  }
  return null;
}

export function findChromium(): string | null {
  return program(
    'chromium',
    'chromium-browser',
    'google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:/Program Files/Google/Chrome/Application/chrome.exe',
  );
}

export const browsers: readonly Browser[] = [
  {
    name: 'Chromium',
    packages: ['chromium'],
    find: () => {
      const executable = findChromium();
      return executable === null ? null : (url, expression) => inChromium(executable, url, expression);
    },
  },
  {
    name: 'Firefox',
    packages: ['firefox-esr'],
    find: () => {
      const executable = program(
        'firefox-esr',
        'firefox',
        '/Applications/Firefox.app/Contents/MacOS/firefox',
        'C:/Program Files/Mozilla Firefox/firefox.exe',
      );
      return executable === null ? null : (url, expression) => inFirefox(executable, url, expression);
    },
  },
  {
    name: 'WebKitGTK',
    packages: ['webkit2gtk-driver', 'xvfb'],
    find: () => {
      const [driver, browser, display] = [program('WebKitWebDriver'), miniBrowser(), program('Xvfb')];
      if (driver === null || browser === null || display === null) return null;
      return (url, expression) => inWebKit({ driver, miniBrowser: browser, display }, url, expression);
    },
  },
];

/**
 * Installs what is missing (of one browser, or all) where that is allowed and possible; a failure is said here and shows
 * in `find`.
 */
export async function installMissing(only?: string): Promise<void> {
  const packages = browsers
    .filter(({ name }) => only === undefined || name === only)
    .filter((browser) => browser.find() === null)
    .flatMap((browser) => browser.packages);
  const allowed = process.env.SHOAL_NO_INSTALL === undefined && process.getuid?.() === 0;
  if (packages.length === 0 || !allowed || program('apt-get') === null) return;
  console.log(`Installing ${packages.join(', ')}.`);
  const options = {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: INSTALL_TIMEOUT_MS,
    maxBuffer: 16_777_216,
  };
  try {
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
      await promisify(execFile)('apt-get', ['-qq', ...args], options);
    }
  } catch (error) {
    console.log(`The packages could not be installed: ${error instanceof Error ? error.message : error}`);
  }
}
