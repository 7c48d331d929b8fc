import { nodeKey, nodesOfRange, type TreeNode } from '@shoal/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { runFacts } from '../drivenRun.suite.ts';
import type { Effect, GrantEffect } from '../model/effects.ts';
import type { RunEvent } from '../model/events.ts';
import type { ErrandTerms } from '../model/task.ts';
import type { RunState } from '../state.ts';
import { startRelay, transition } from '../transition.ts';
import { SECRET_BYTES } from '../trust/chance.ts';

const facts = runFacts();
/** Leaves of the first step, and samples of each. */
const LEAVES = Math.ceil(facts.spec.batch / facts.spec.microbatch);

class Relay {
  readonly state: RunState = startRelay(facts);
  readonly effects: Effect[] = [];
  now = 0;
  #tensor = 1;

  send(event: RunEvent): void {
    const surroundings = { now: this.now, secret: new Uint8Array(SECRET_BYTES) };
    this.effects.push(...transition(this.state, event, surroundings));
  }

  join(worker: number): void {
    this.send({
      ...{ type: 'joined', worker, identity: `identity-${worker}`, name: `w${worker}`, threads: 1 },
      ...{ origin: null, belief: 'believed', isGateway: false },
    });
    this.send({ type: 'probed', worker, fault: null, computeMs: 10 });
  }

  lend(id: number, from: number, to: number, more: Partial<ErrandTerms> = {}): void {
    const errand: ErrandTerms = {
      ...{ id, task: 'gradient', set: 'train', version: 0, step: 0, from, to, leaves: LEAVES },
      undivided: false,
      ...more,
    };
    this.send({ type: 'lent', errand });
  }

  /** Taken out, in order. */
  take<T extends Effect['type']>(type: T): Extract<Effect, { type: T }>[] {
    const found = this.effects.filter((effect) => effect.type === type);
    for (const one of found) this.effects.splice(this.effects.indexOf(one), 1);
    return found as Extract<Effect, { type: T }>[];
  }

  answer(grant: GrantEffect, nodes = nodesOfRange(grant.from, grant.to, grant.leaves)): void {
    for (const node of nodes) {
      const count = samplesOf(node);
      this.send({
        ...{ type: 'partial', worker: grant.worker, lease: grant.lease, node, finite: true, count },
        ...{ loss: count, correct: 0, tensor: this.#tensor++, computeMs: 5, digest: '', logNorm: null },
        by: [{ guest: 100 + grant.worker, identity: '', name: '', origin: null }],
      });
    }
  }
}

function samplesOf({ level, index }: TreeNode): number {
  const { batch, microbatch } = facts.spec;
  const first = index * 2 ** level * microbatch;
  return Math.min(batch, facts.counts.train, (index + 1) * 2 ** level * microbatch) - first;
}

describe('a gateway', () => {
  let relay: Relay;
  beforeEach(() => {
    relay = new Relay();
  });

  it('grants what it is lent, and passes the complete nodes on with the names of those who have computed them', () => {
    expect(LEAVES).toBeGreaterThanOrEqual(4);
    relay.join(1);
    relay.join(2);
    relay.lend(7, 0, 4);
    for (let grants = relay.take('grant'); grants.length > 0; grants = relay.take('grant')) {
      for (const grant of grants) {
        expect(grant).toMatchObject({ errand: 7, version: 0, undivided: false });
        relay.answer(grant);
      }
    }
    const [pass, ...others] = relay.take('pass');
    expect(others).toEqual([]);
    expect(pass).toMatchObject({ errand: 7, by: [101, 102], ends: true });
    expect(pass?.answer.node).toEqual(nodesOfRange(0, 4, LEAVES)[0]);
    expect(relay.state.stage.type).toBe('idle');
  });

  it('adds nothing beyond what each lease wants, though its neighbours are there', () => {
    relay.join(1);
    relay.lend(1, 0, 1);
    relay.lend(2, 1, 2);
    for (let grants = relay.take('grant'); grants.length > 0; grants = relay.take('grant')) {
      for (const grant of grants) relay.answer(grant);
    }
    expect(relay.take('pass').map(({ errand, answer }) => [errand, nodeKey(answer.node)])).toEqual([
      [1, '0.0'],
      [2, '0.1'],
    ]);
    expect(relay.take('merge')).toEqual([]);
  });

  it('leaves what is undivided to one worker', () => {
    for (const worker of [1, 2, 3]) relay.join(worker);
    relay.lend(1, 0, 4, { undivided: true });
    const grants = relay.take('grant');
    expect(grants.map(({ from, to }) => [from, to])).toEqual([[0, 4]]);
  });

  it('drops what is recalled: its workers are told, and what has come is free', () => {
    relay.join(1);
    relay.join(2);
    relay.lend(1, 0, 4);
    const [first, second] = relay.take('grant');
    relay.answer(first as GrantEffect);
    relay.send({ type: 'recalled', errand: 1 });
    expect(relay.take('revoke').map(({ lease }) => lease)).toEqual([second?.lease]);
    expect(relay.take('free')).toHaveLength(1);
    relay.answer(second as GrantEffect);
    expect(relay.take('pass')).toEqual([]);
    expect(relay.take('free')).toHaveLength(1);
    expect(relay.state.stage.type).toBe('idle');
  });

  it('does one tree after the other, and the same leaves never twice at a time', () => {
    relay.join(1);
    relay.lend(1, 0, 2);
    relay.lend(2, 0, 2, { step: 1, version: 1 });
    relay.lend(3, 1, 3);
    const [only, ...others] = relay.take('grant');
    expect(others).toEqual([]);
    expect(only?.errand).toBe(1);
    relay.answer(only as GrantEffect);
    const [next] = relay.take('grant');
    expect(next).toMatchObject({ errand: 2, step: 1, version: 1, withParameters: true });
  });

  it('asks two before it says that something is not finite', () => {
    relay.join(1);
    relay.join(2);
    relay.lend(1, 0, 1);
    const notFinite = (grant: GrantEffect): void => {
      const [node] = nodesOfRange(grant.from, grant.to, grant.leaves);
      relay.send({
        ...{ type: 'partial', worker: grant.worker, lease: grant.lease, finite: false, loss: 0, correct: 0 },
        ...{ node: node as TreeNode, count: samplesOf(node as TreeNode), tensor: null, computeMs: 5 },
        ...{ digest: '', logNorm: null, by: [] },
      });
    };
    const [first] = relay.take('grant');
    notFinite(first as GrantEffect);
    expect(relay.take('pass')).toEqual([]);
    const [second] = relay.take('grant');
    expect(second?.worker).not.toBe(first?.worker);
    notFinite(second as GrantEffect);
    expect(relay.take('pass').map(({ answer }) => answer.finite)).toEqual([false]);
  });

  it('forgets with its coordinator all that it was lent, and which parameters are where', () => {
    relay.join(1);
    relay.lend(1, 0, 2, { step: 1, version: 1 });
    const [grant] = relay.take('grant');
    relay.send({ type: 'lost' });
    expect(relay.take('revoke').map(({ lease }) => lease)).toEqual([grant?.lease]);
    expect(relay.state.workers.get(1)?.version).toBe(0);
    relay.send({ type: 'failed', worker: 1, lease: grant?.lease ?? 0, code: 'revoked', message: '' });
    relay.lend(1, 0, 2, { step: 1, version: 1 });
    expect(relay.take('grant')[0]).toMatchObject({ withParameters: true, holds: 0 });
  });
});
