/** Whether this browser offers a graphics processor. Only a secure context has one. */
import { type GpuAdapter, nameOfGpu } from '@shoal/core';

export type TabGpu = {
  readonly adapter: GpuAdapter;
  readonly name: string;
  /** A processor plays it: nothing is gained by it. */
  readonly isPlayed: boolean;
};

type Offered = GpuAdapter & { readonly info: { readonly isFallbackAdapter?: boolean } };
type Gpu = { requestAdapter(options: object): Promise<Offered | null> };

/** Never rejects; null where there is none. */
export async function findTabGpu(): Promise<TabGpu | null> {
  const { gpu } = navigator as unknown as { readonly gpu?: Gpu };
  try {
    const adapter = (await gpu?.requestAdapter({ powerPreference: 'high-performance' })) ?? null;
    if (adapter === null) return null;
    const name = nameOfGpu(adapter);
    const isPlayed =
      adapter.info.isFallbackAdapter === true ||
      /swiftshader|llvmpipe|basic render/i.test(name + adapter.info.architecture);
    return { adapter, name, isPlayed };
  } catch {
    return null;
  }
}
