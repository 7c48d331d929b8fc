/**
 * The reduction tree over the microbatches of one step. Leaves are microbatches 0 … n−1; neighbours are paired
 * level by level, an odd one moves up unchanged. Node (level, index) therefore covers the leaves
 * [index·2^level, min((index+1)·2^level, n)). The tree, not the order of arrival, defines the sum.
 */

export type TreeNode = { readonly level: number; readonly index: number };

/** Number of levels above the leaves: the root is node (height, 0). */
export function treeHeight(leaves: number): number {
  let height = 0;
  for (let width = 1; width < leaves; width *= 2) height += 1;
  return height;
}

/** Leaves under a full node: 2^level. */
export function widthOf(level: number): number {
  let width = 1;
  for (let i = 0; i < level; i += 1) width *= 2;
  return width;
}

/** First leaf and the leaf after the last that a node covers in a tree of `leaves` leaves. */
export function leavesOf(node: TreeNode, leaves: number): readonly [from: number, to: number] {
  const width = widthOf(node.level);
  return [node.index * width, Math.min((node.index + 1) * width, leaves)];
}

export function nodeKey(node: TreeNode): string {
  return `${node.level}.${node.index}`;
}

/** The other child of the node's parent; null at the right edge, where the node moves up unchanged. */
export function siblingOf(node: TreeNode, leaves: number): TreeNode | null {
  const index = node.index % 2 === 0 ? node.index + 1 : node.index - 1;
  return index * widthOf(node.level) < leaves ? { level: node.level, index } : null;
}

export function parentOf(node: TreeNode): TreeNode {
  return { level: node.level + 1, index: Math.floor(node.index / 2) };
}

/** True when every leaf of the node lies in the tree and in [from, to): the node is *complete* in the range. */
function isInside(node: TreeNode, leaves: number, from: number, to: number): boolean {
  const [first, last] = leavesOf(node, leaves);
  return first >= from && last <= to && first < last;
}

/**
 * The maximal complete nodes of the range [from, to), left to right: what a lease is answered with.
 * One for an aligned block, O(log n) at worst. At the right edge a lone node is lifted as far as it moves
 * up unchanged, so that each set of leaves has one name. Nodes above the level `top` are left in their parts.
 */
export function nodesOfRange(from: number, to: number, leaves: number, top = treeHeight(leaves)): TreeNode[] {
  const nodes: TreeNode[] = [];
  let leaf = from;
  while (leaf < to) {
    let node: TreeNode = { level: 0, index: leaf };
    while (node.level < top && node.index % 2 === 0) {
      const parent = parentOf(node);
      if (!isInside(parent, leaves, from, to)) break;
      node = parent;
    }
    // A node that is a right child at the edge cannot be lifted; its parent reaches left of the range.
    nodes.push(node);
    leaf = leavesOf(node, leaves)[1];
  }
  return nodes;
}
