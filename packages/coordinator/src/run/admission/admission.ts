/** Which workers with a token may compute for a run, by protocol version, kernel build and an engine in common. Pure. */
import {
  type ByeName,
  type DismissalFact,
  type EngineName,
  type Hello,
  type Numerics,
  PROTOCOL_VERSION,
} from '@shoal/core';

export type Admission =
  | { readonly type: 'welcome'; readonly engine: EngineName }
  | { readonly type: 'refuse'; readonly code: ByeName; readonly why: DismissalFact };

const ENGINES: Readonly<Record<Numerics, readonly EngineName[]>> = {
  exact: ['wasm-strict'],
  fast: ['webgpu', 'blas', 'wasm-relaxed', 'wasm-strict'],
};

export function admit(
  hello: Hello,
  run: { readonly kernels: string; readonly numerics: Numerics },
): Admission {
  if (!hello.protocols.includes(PROTOCOL_VERSION)) {
    const why = { type: 'otherProtocol', ours: PROTOCOL_VERSION, theirs: hello.protocols } as const;
    return { type: 'refuse', code: 'protocolVersion', why };
  }
  if (run.numerics === 'exact' && hello.kernels !== run.kernels) {
    const why = { type: 'otherKernels', ours: run.kernels, theirs: hello.kernels } as const;
    return { type: 'refuse', code: 'kernelBuild', why };
  }
  const engine = ENGINES[run.numerics].find((name) => hello.engines.includes(name));
  if (engine === undefined) {
    const { numerics } = run;
    const why = {
      type: 'engineMissing',
      numerics,
      needed: ENGINES[numerics],
      offered: hello.engines,
    } as const;
    return { type: 'refuse', code: 'noEngine', why };
  }
  return { type: 'welcome', engine };
}
