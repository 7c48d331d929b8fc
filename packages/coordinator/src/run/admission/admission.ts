/** Which workers with a token may compute for a run, by protocol version, kernel build and an engine in common. Pure. */
import { type ByeName, type EngineName, type Hello, type Numerics, PROTOCOL_VERSION } from '@shoal/core';

export type Admission =
  | { readonly type: 'welcome'; readonly engine: EngineName }
  | { readonly type: 'refuse'; readonly code: ByeName; readonly message: string };

const ENGINES: Readonly<Record<Numerics, readonly EngineName[]>> = {
  exact: ['wasm-strict'],
  fast: ['blas', 'wasm-relaxed', 'wasm-strict'],
};

export function admit(
  hello: Hello,
  run: { readonly kernels: string; readonly numerics: Numerics },
): Admission {
  if (!hello.protocols.includes(PROTOCOL_VERSION)) {
    const isOlder = hello.protocols.every((version) => version < PROTOCOL_VERSION);
    const wayOut = isOlder
      ? "The worker's Shoal is older: install the coordinator's release there; in a browser, reload the page."
      : 'Install the same Shoal release on both.';
    const message = `This coordinator speaks protocol ${PROTOCOL_VERSION}, the worker ${hello.protocols.join(', ')}. ${wayOut}`;
    return { type: 'refuse', code: 'protocolVersion', message };
  }
  if (run.numerics === 'exact' && hello.kernels !== run.kernels) {
    const message = `This run computes with kernel build ${run.kernels}, the worker has ${hello.kernels}; their bits could differ. Install the same Shoal release on both.`;
    return { type: 'refuse', code: 'kernelBuild', message };
  }
  const engine = ENGINES[run.numerics].find((name) => hello.engines.includes(name));
  if (engine === undefined) {
    const message = `A run with ${run.numerics} numerics needs one of the engines ${ENGINES[run.numerics].join(', ')}; the worker offers ${hello.engines.join(', ')}.`;
    return { type: 'refuse', code: 'noEngine', message };
  }
  return { type: 'welcome', engine };
}
