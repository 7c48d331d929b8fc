/**
 * Sums what is handed in along the reduction tree: siblings become their parent as soon as both are there, the left one
 * first. Memory is one vector per maximal complete node. A reduction is plain data: the vectors it names lie elsewhere.
 */
import { type Answer, addSums, type Sums, type VectorStore } from './answer.ts';
import { leavesOf, nodeKey, parentOf, siblingOf, treeHeight, widthOf } from './tree.ts';

export type Reduction<V> = {
  readonly leaves: number;
  /** Nodes of this level stay apart: the tree's height where all is summed to one, less where parts are wanted. */
  readonly top: number;
  /** Keys of nodes that stay apart wherever they stand; more may come. */
  readonly stops: Set<string>;
  /** By the node's key. */
  readonly held: Map<string, Answer<V>>;
};

export function newReduction<V>(leaves: number, top = treeHeight(leaves)): Reduction<V> {
  return { leaves, top, stops: new Set(), held: new Map() };
}

/** Adds an answer. The caller guarantees that no leaf of its node has been added before. */
export function reduce<V>(reduction: Reduction<V>, answer: Answer<V>, vectors: VectorStore<V>): void {
  const { leaves, top, stops, held } = reduction;
  let { node } = answer;
  let sums: Sums<V> = answer;
  while (node.level < top && !stops.has(nodeKey(node))) {
    const sibling = siblingOf(node, leaves);
    if (sibling !== null) {
      const other = held.get(nodeKey(sibling));
      if (other === undefined) break;
      held.delete(nodeKey(sibling));
      sums = node.index % 2 === 0 ? addSums(sums, other, vectors) : addSums(other, sums, vectors);
    }
    node = parentOf(node);
  }
  held.set(nodeKey(node), { ...sums, node });
}

/** The sums over all leaves once they are in, else null. */
export function rootOf<V>({ leaves, held }: Reduction<V>): Sums<V> | null {
  return held.get(nodeKey({ level: treeHeight(leaves), index: 0 })) ?? null;
}

/** The nodes of the level `top`, left to right, once all leaves are in, else null. */
export function partsOf<V>(reduction: Reduction<V>): readonly Answer<V>[] | null {
  const { leaves, top, held } = reduction;
  if (held.size !== Math.ceil(leaves / widthOf(top))) return null;
  const parts = heldAnswers(reduction);
  return parts.every(({ node }) => node.level >= top) ? parts : null;
}

/** What is held now, left to right; a lone right edge is lifted to its highest name. */
export function heldAnswers<V>({ leaves, held }: Reduction<V>): Answer<V>[] {
  return [...held.values()].sort((a, b) => leavesOf(a.node, leaves)[0] - leavesOf(b.node, leaves)[0]);
}
