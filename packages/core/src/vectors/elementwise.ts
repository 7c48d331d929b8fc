/**
 * The kernels that go over vectors element by element: what becomes of an element depends on that element alone, so that
 * the bits are the same in whatever pieces and order, and by whatever thread, it is done.
 */
import type { VectorKernels } from './vectorKernels.ts';

/** With how many addresses each takes; the number of elements comes right behind them. */
export const ADDRESSES = {
  add: 2,
  scale: 1,
  fill: 1,
  copy: 2,
  clip: 1,
  regularize: 2,
  blend: 2,
  sgd: 2,
  momentum: 3,
  nesterov: 3,
  adagrad: 3,
  rmsprop: 3,
  adam: 4,
  subtract: 2,
} as const satisfies Partial<Record<keyof VectorKernels, number>>;

export type ElementwiseName = keyof typeof ADDRESSES;

export const ELEMENTWISE = Object.keys(ADDRESSES) as readonly ElementwiseName[];

export type ElementwiseKernels = Pick<VectorKernels, ElementwiseName>;

/** A call of a kernel with its arguments: addresses in bytes, the number of elements, and what else it takes. */
export type KernelCall = { readonly kernel: ElementwiseName; readonly args: readonly number[] };

/** Carries out calls, at the latest when it is asked to finish. */
export interface Elementwise {
  /**
   * Begins with calls that all go over the same number of elements, for each element in this order. What it reads and
   * writes is not touched before `finish` has returned.
   */
  begin(calls: readonly KernelCall[]): void;
  finish(): void;
}

/** Does everything at once. */
export function atOnce(kernels: ElementwiseKernels): Elementwise {
  return {
    begin: (calls) => {
      for (const call of calls) carryOut(kernels, call);
    },
    finish: () => {},
  };
}

export function carryOut(kernels: ElementwiseKernels, { kernel, args }: KernelCall): void {
  (kernels[kernel] as (...args: readonly number[]) => void)(...args);
}

/** The elements that a call goes over. */
export const lengthOfCall = ({ kernel, args }: KernelCall): number => args[ADDRESSES[kernel]] as number;

/** Kernels that do nothing but note down what is called. */
export function notedCalls(): { readonly kernels: ElementwiseKernels; readonly calls: KernelCall[] } {
  const calls: KernelCall[] = [];
  const note = (kernel: ElementwiseName) => {
    return (...args: readonly number[]): void => {
      calls.push({ kernel, args });
    };
  };
  const kernels = Object.fromEntries(ELEMENTWISE.map((kernel) => [kernel, note(kernel)]));
  return { kernels: kernels as ElementwiseKernels, calls };
}
