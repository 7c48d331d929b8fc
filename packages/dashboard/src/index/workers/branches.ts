/** From the list of gateways, each behind the one that it hangs from, to the tree that it stands for. */
import type { GatewayBelow } from '@shoal/core';

export type Branch = { readonly gateway: GatewayBelow; readonly below: readonly Branch[] };

/** One that is deeper than its place in the list allows hangs from whatever stands before it. */
export function branchesOf(list: readonly GatewayBelow[]): readonly Branch[] {
  const roots: Branch[] = [];
  const open: { readonly depth: number; readonly below: Branch[] }[] = [];
  for (const gateway of list) {
    while ((open.at(-1)?.depth ?? 0) >= gateway.depth) open.pop();
    const below: Branch[] = [];
    (open.at(-1)?.below ?? roots).push({ gateway, below });
    open.push({ depth: gateway.depth, below });
  }
  return roots;
}
