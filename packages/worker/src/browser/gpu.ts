/** Whether this browser offers a graphics processor. Only a secure context has one. */
import { type GpuAdapter, isPlayedGpu, nameOfGpu } from '@shoal/core';

export type TabGpu = {
  readonly adapter: GpuAdapter;
  readonly name: string;
  /** A processor plays it: nothing is gained by it. */
  readonly isPlayed: boolean;
};

type Gpu = { requestAdapter(options: object): Promise<GpuAdapter | null> };

/** Never rejects; null where there is none. */
export async function findTabGpu(): Promise<TabGpu | null> {
  const { gpu } = navigator as unknown as { readonly gpu?: Gpu };
  try {
    const adapter = (await gpu?.requestAdapter({ powerPreference: 'high-performance' })) ?? null;
    return adapter === null ? null : { adapter, name: nameOfGpu(adapter), isPlayed: isPlayedGpu(adapter) };
  } catch {
    return null;
  }
}
