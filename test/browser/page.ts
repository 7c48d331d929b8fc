/** The program as one file for every runtime, and the page on 127.0.0.1 that browsers load it from. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

export type Page = {
  /** Of the page, which loads nothing by itself. */
  readonly url: string;
  /** Where the program lies as a file: a module that exports what `program` exports. */
  readonly bundle: string;
  close(): Promise<void>;
};

/** What a browser evaluates on the page: the program's function, called, its result as JSON. */
export const callOnPage = (name: string): string =>
  `import('/program.js').then((program) => program.${name}()).then((result) => JSON.stringify(result))`;

/** No other machine may have a part in what the page does; kernels need leave to be compiled. */
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";

const HTML = '<!doctype html><meta charset="utf-8"><title>Shoal: bits</title>';

/** Bundles the module `program` (a path beside this file) as it would be for a browser, and serves it. */
export async function servePage(
  program: string,
  /** Modules that others, as paths beside this file, stand in for. */
  instead: Readonly<Record<string, string>> = {},
): Promise<Page> {
  const folder = await mkdtemp(join(tmpdir(), 'shoal-page-'));
  const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
  await build({
    configFile: false,
    root: path('.'),
    logLevel: 'warn',
    resolve: {
      alias: {
        '@shoal/core': path('../../packages/core/src/index.ts'),
        ...Object.fromEntries(Object.entries(instead).map(([name, module]) => [name, path(module)])),
      },
    },
    build: {
      outDir: folder,
      emptyOutDir: true,
      minify: true,
      lib: { entry: path(program), formats: ['es'], fileName: () => 'program.mjs' },
    },
  });
  const bundle = join(folder, 'program.mjs');
  const script = await readFile(bundle);

  const server = createServer(({ url }, response) => {
    response.setHeader('content-security-policy', POLICY);
    if (url === '/') response.setHeader('content-type', 'text/html').end(HTML);
    else if (url === '/program.js') response.setHeader('content-type', 'text/javascript').end(script);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    bundle,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
