/**
 * The step rule of a run: how a run is cut into steps and leaves (`stepShape.ts`), what a leaf is (`microbatchLeaf.ts`,
 * `localRound.ts`), and what becomes of the root of its tree (`updater.ts`, which whoever computes leaves does without).
 * Everything between the two (leases, answers, sums along the tree, checks, going back) knows leaves and nodes and never
 * asks what they are.
 */
import type { LeafRule, LeafTools } from './leaf.ts';
import { LocalRounds } from './localRound.ts';
import { microbatchLeaves } from './microbatchLeaf.ts';

/** What computes leaves by the run's step rule. */
export function leafRuleOf(tools: LeafTools): LeafRule {
  return tools.spec.steps.type === 'localSteps' ? new LocalRounds(tools) : microbatchLeaves(tools);
}
