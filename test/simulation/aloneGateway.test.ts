/** What a gateway that takes part in no run says to whoever comes. */
import { type ByeName, DEFAULT_LIMITS, type DepartureFact } from '@shoal/core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Host } from './network.ts';
import { SimDoor } from './simDoor.ts';
import { SimGateway } from './simGateway.ts';
import { SimWorker } from './simWorker.ts';
import { openWorkbench, type Workbench } from './workbench.ts';
import { World } from './world.ts';

const [ABOVE, HERE] = ['http://above', 'http://g1'];
const QUALITY = { latencyMs: 2, bytesPerMs: 1_000 };
const WATCHED_MS = 60_000;

type Saying = readonly [code: ByeName, why: DepartureFact];

/** Whatever comes is told the same. */
function coordinatorThat(world: World, [code, why]: Saying): Host {
  const door = new SimDoor({
    world,
    answerBytesMax: DEFAULT_LIMITS.envelopeBytesMax,
    handlers: { hello: (connection) => connection.end(code, why), message: () => {}, closed: () => {} },
  });
  return { accept: (link, from) => door.accept(link, from), block: () => null };
}

describe('a gateway without a run', () => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await openWorkbench();
  });

  /** What a worker hears there in a minute: when, and with which code it is sent away. */
  function heardBelow(...says: Saying): { readonly at: number; readonly code: string }[] {
    const world = new World({ seed: 1, trace: true });
    const network = new Map<string, Host>([[ABOVE, coordinatorThat(world, says)]]);
    const gateway = new SimGateway({
      ...{ world, bench, network, name: 'g1', address: HERE, others: [], above: ABOVE, quality: QUALITY },
    });
    network.set(HERE, gateway);
    const worker = new SimWorker({
      ...{ world, bench, coordinator: gateway, network, address: HERE, name: 'w1', threads: 1, leafMs: 10 },
      quality: QUALITY,
    });
    gateway.start();
    worker.start();
    while (world.now < WATCHED_MS && world.step());
    return world.trace.flatMap((line) => {
      const found = /^ *([\d.]+) s {2}w1 +← bye, (\w+)$/.exec(line);
      return found === null ? [] : [{ at: Number(found[1]), code: found[2] as string }];
    });
  }

  it('sends its workers elsewhere once it has looked in vain for one that leads for a while', () => {
    const heard = heardBelow('standby', { type: 'standsBy', leader: null });
    const first = heard.findIndex(({ code }) => code === 'shutdown');
    expect(first).toBeGreaterThan(0);
    expect(heard[first]?.at).toBeGreaterThan(15);
    expect(heard[first]?.at).toBeLessThan(30);
    expect(new Set(heard.slice(0, first).map(({ code }) => code))).toEqual(new Set(['betweenRuns']));
    expect(new Set(heard.slice(first).map(({ code }) => code))).toEqual(new Set(['shutdown']));
  });

  it('keeps them for as long as its coordinator has no run', () => {
    const heard = heardBelow('betweenRuns', { type: 'noRunGoing' });
    expect(heard.at(-1)?.at).toBeGreaterThan(50);
    expect(new Set(heard.map(({ code }) => code))).toEqual(new Set(['betweenRuns']));
  });
});
