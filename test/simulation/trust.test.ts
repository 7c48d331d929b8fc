/** What becomes of runs with liars among their workers, under the virtual clock. */
import { earliestSuspect } from '@shoal/coordinator/simulation';
import { beforeAll, describe, expect, it } from 'vitest';
import { Disk } from './disk.ts';
import {
  Conspiracy,
  flipsLabels,
  type Liar,
  liesSometimes,
  replays,
  roundsOtherwise,
  seesNothingFinite,
  sendsNaN,
  sendsTooLittle,
  tells,
  turnsBad,
  withStaleParameters,
} from './liars.ts';
import { SimCoordinator } from './simCoordinator.ts';
import { openSimulator, type Simulator } from './simulate.ts';
import { SimWorker } from './simWorker.ts';
import { World } from './world.ts';

const EVENTS_MAX = 400_000;

type Cast = {
  readonly honest: number;
  /** One liar for each; `draw` gives it numbers of its own. */
  readonly liars: readonly ((draw: () => number) => Liar)[];
  /** They answer the probe, and nothing else. */
  readonly mute?: number;
  /** How many times slower than it has shown itself the first liar is, in every fourth step. */
  readonly stalling?: number;
  /** Called when so many steps are done. */
  readonly at?: { readonly steps: number; readonly act: (coordinator: SimCoordinator) => void };
};

/** A run to its end, with the invariant of trust looked at after each event. */
async function play(simulator: Simulator, seed: number, cast: Cast) {
  const { honest, liars, mute = 0, stalling = 1, at } = cast;
  const { bench, probe } = simulator;
  const world = new World({ seed, trace: false });
  const coordinator = new SimCoordinator({
    world,
    bench,
    probe,
    disk: new Disk(world),
    watch: {
      moved: () => {},
      step: ({ globalStep }) => {
        const firstLiar = workers[honest];
        if (firstLiar !== undefined) firstLiar.slowness = globalStep % 4 === 3 ? stalling : 1;
        if (globalStep === at?.steps) world.after(0, () => at.act(coordinator));
      },
    },
  });
  let workers: readonly SimWorker[] = [];
  const hire = (name: string, liar?: Liar): SimWorker =>
    new SimWorker({
      ...{ world, bench, coordinator, name, threads: 1 },
      leafMs: world.between(20, 60),
      quality: { latencyMs: world.between(1, 10), bytesPerMs: 500 },
      ...(liar !== undefined && { liar }),
    });
  workers = [
    ...Array.from({ length: honest }, (_, i) => hire(`honest-${i + 1}`)),
    ...liars.map((make, i) =>
      hire(
        `liar-${i + 1}`,
        make(() => world.chance()),
      ),
    ),
    ...Array.from({ length: mute }, (_, i) => hire(`mute-${i + 1}`)),
  ];
  for (const one of workers.slice(honest + liars.length)) world.after(2_000, () => one.freeze(10_000_000));
  coordinator.start();
  for (const worker of workers) world.after(world.between(0, 500), () => worker.start());
  let events = 0;
  while (coordinator.end === null && world.step()) {
    events += 1;
    await Promise.resolve();
    await Promise.resolve();
    const trust = coordinator.life?.driver.state.trust;
    if (trust !== undefined) expect(earliestSuspect(trust.ledger, trust.convicted)).toBeNull();
    if (events > EVENTS_MAX) throw new Error(`The run has not ended after ${EVENTS_MAX} events.`);
  }
  const names = new Set(coordinator.evidence.map(({ name }) => name));
  return { coordinator, convicted: [...names].sort() };
}

/** But for the probe, or it would not be let in. */
const always =
  (make: (draw: () => number) => Liar) =>
  (draw: () => number): Liar =>
    liesSometimes(make(draw), 1, draw);

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `liar-${i + 1}`);

/** Every way to be wrong that a second computation tells. */
const WRONG: Readonly<Record<string, (draw: () => number) => Liar>> = {
  'a flipped sign': (draw) => tells('signFlip', draw),
  'a scaled gradient': (draw) => tells('scaled', draw),
  noise: (draw) => tells('noise', draw),
  zeros: (draw) => tells('zeros', draw),
  'the gradient of stale parameters': () => withStaleParameters(),
  'an answer said again': () => replays(),
  'flipped labels': () => flipsLabels(3),
  'nothing finite': () => seesNothingFinite(),
};

describe('with spot checks', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await openSimulator({ trust: { spotCheck: 0.2, quorum: 1 } });
  });

  it.each(Object.entries(WRONG))(
    '%s is found out, and the run ends with the honest bits',
    async (_, make) => {
      const { coordinator, convicted } = await play(simulator, 1, { honest: 3, liars: [always(make)] });
      expect(convicted).toEqual(names(1));
      expect(coordinator.parametersSha256).toBe(simulator.bench.expected.parametersSha256);
      expect(coordinator.end).toMatchObject({ state: 'finished', steps: simulator.bench.expected.steps });
    },
  );
});

describe('with a quorum of two', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await openSimulator({ trust: { spotCheck: 0.05, quorum: 2 } });
  });

  it('three independent liars among ten change nothing', async () => {
    const liars = Array.from({ length: 3 }, () => always((draw) => tells('noise', draw)));
    const { coordinator, convicted } = await play(simulator, 2, { honest: 7, liars });
    expect(convicted).toEqual(names(3));
    expect(coordinator.parametersSha256).toBe(simulator.bench.expected.parametersSha256);
  });
});

describe('with spot checks and colluding liars', () => {
  it('a minority that tells the same lie is convicted, and what it got through is taken back', async () => {
    const simulator = await openSimulator({
      trust: { spotCheck: 0.05, quorum: 2 },
      // Long enough for the slowest of them to turn bad, and for a check to find it.
      epochs: 24,
      earlyStopping: null,
    });
    // They are found right some times first, and then never tell the truth again.
    const liars = Array.from(
      { length: 3 },
      () => (draw: () => number) => turnsBad(tells('signFlip', draw), 12 + Math.floor(draw() * 10)),
    );
    let rollbacks = 0;
    for (let seed = 1; seed <= 4; seed += 1) {
      const { coordinator, convicted } = await play(simulator, seed, { honest: 7, liars });
      expect(convicted).toEqual(names(3));
      expect(coordinator.parametersSha256).toBe(simulator.bench.expected.parametersSha256);
      rollbacks += coordinator.rollbacks;
    }
    expect(rollbacks).toBeGreaterThan(0);
  });
});

describe('colluders who lie only together', () => {
  // So few checks that what follows is the quorum's doing.
  const trust = { spotCheck: 0.0001, quorum: 2 };

  it.each([
    { honest: 1, colluders: 2, stalling: 1 },
    { honest: 4, colluders: 3, stalling: 1 },
    { honest: 1, colluders: 2, stalling: 20 },
    { honest: 4, colluders: 3, stalling: 20 },
  ])('get nothing into the model: %o', async ({ honest, colluders, stalling }) => {
    const simulator = await openSimulator({ trust, epochs: 12, earlyStopping: null });
    let lies = 0;
    for (let seed = 1; seed <= 6; seed += 1) {
      const conspiracy = new Conspiracy();
      const liars = Array.from(
        { length: colluders },
        () => (draw: () => number) => conspiracy.join(tells('signFlip', draw)),
      );
      const { coordinator, convicted } = await play(simulator, seed, { honest, liars, stalling });
      expect(coordinator.parametersSha256).toBe(simulator.bench.expected.parametersSha256);
      if (conspiracy.lies > 0) expect(convicted).not.toEqual([]);
      lies += conspiracy.lies;
    }
    // A lease that is late is in two hands before it is answered, which otherwise only trials are.
    if (stalling > 1) expect(lies).toBeGreaterThan(0);
  });
});

describe('in a run that checked nothing at first', () => {
  it('a liar is convicted once checking is switched on, and what it had answered before is taken back', async () => {
    const simulator = await openSimulator({ trust: { spotCheck: 0 }, epochs: 12, earlyStopping: null });
    const at = {
      steps: 20,
      act: ({ life }: SimCoordinator) =>
        life?.driver.dispatch({
          type: 'trust',
          policy: { spotCheck: 0.05, quorum: 1 },
          reason: { type: 'trustChanged', spotCheck: 0.05, quorum: 1 },
        }),
    };
    for (let seed = 1; seed <= 4; seed += 1) {
      const liars = [always((draw) => tells('signFlip', draw))];
      const { coordinator, convicted } = await play(simulator, seed, { honest: 2, liars, at });
      expect(convicted).toEqual(names(1));
      expect(coordinator.rollbacks).toBe(1);
      expect(coordinator.parametersSha256).toBe(simulator.bench.expected.parametersSha256);
    }
  });

  it('and never does, it stays in the model', async () => {
    const simulator = await openSimulator({ trust: { spotCheck: 0 } });
    const liars = [always((draw) => tells('signFlip', draw))];
    const { coordinator, convicted } = await play(simulator, 1, { honest: 2, liars });
    expect(convicted).toEqual([]);
    expect(coordinator.parametersSha256).not.toBe(simulator.bench.expected.parametersSha256);
  });
});

describe('what is malformed', () => {
  it.each<[string, () => Liar]>([
    ['NaN', () => sendsNaN(Number.NaN)],
    ['infinity', () => sendsNaN(Number.POSITIVE_INFINITY)],
    ['a gradient of the wrong length', () => sendsTooLittle()],
  ])('%s ends the connection and enters nothing', async (_, make) => {
    const simulator = await openSimulator({ trust: { spotCheck: 0.05, quorum: 2 } });
    const { coordinator } = await play(simulator, 3, { honest: 3, liars: [always(make)] });
    expect(coordinator.parametersSha256).toBe(simulator.bench.expected.parametersSha256);
  });
});

describe('in a fast run', () => {
  it.each([
    ['spot checks', { spotCheck: 0.2, quorum: 1 }],
    ['a quorum', { spotCheck: 0.05, quorum: 2 }],
  ])('with %s who rounds otherwise agrees, and who lies is convicted', async (_, trust) => {
    const simulator = await openSimulator({ trust, numerics: 'fast' });
    const cast = [roundsOtherwise, roundsOtherwise, always((draw) => tells('scaled', draw))];
    const { coordinator, convicted } = await play(simulator, 4, { honest: 3, liars: cast });
    expect(convicted).toEqual(['liar-3']);
    expect(coordinator.end?.state).toBe('finished');
  });

  it('a trimmed mean keeps one liar among five from moving the run far, though nobody is checked', async () => {
    const spec = { numerics: 'fast', batch: 30, microbatch: 3, epochs: 6, earlyStopping: null };
    const optimizer = { type: 'sgd', lr: 0.1 };
    const trained = async (trim: number, cast: Cast): Promise<Float32Array> => {
      const simulator = await openSimulator({ ...spec, optimizer, trust: { spotCheck: 0, trim } });
      const { coordinator } = await play(simulator, 7, cast);
      expect(coordinator.end?.state).toBe('finished');
      return coordinator.life?.driver.parameters() ?? new Float32Array(0);
    };
    /** How far the liar moves the parameters. */
    const moved = async (trim: number): Promise<number> => {
      const honest = await trained(trim, { honest: 5, liars: [] });
      const lied = await trained(trim, { honest: 4, liars: [always((draw) => tells('scaled', draw))] });
      return Math.hypot(...honest.map((value, i) => value - (lied[i] ?? 0)));
    };
    expect(await moved(3)).toBeLessThan((await moved(0)) / 4);
  });

  it.each([
    ['in 8 bits with common scales', { coding: { up: 'int8', down: 'int8' } }],
    [
      'in 4 bits, by rounds of local steps',
      {
        batch: 3,
        steps: { type: 'localSteps', replicas: 8, localSteps: 1, outer: { type: 'average' } },
        coding: { up: 'int4', down: 'int4' },
      },
    ],
  ])(
    'a trimmed mean of vectors that travel %s is the same for any workers, and keeps a liar as far off',
    async (_what, change) => {
      const spec = {
        ...{ numerics: 'fast', batch: 30, microbatch: 3, epochs: 4, earlyStopping: null },
        ...{ optimizer: { type: 'sgd', lr: 0.1 }, ...change },
      };
      const trained = async (trim: number, seed: number, cast: Cast): Promise<Float32Array | null> => {
        const simulator = await openSimulator({ ...spec, trust: { spotCheck: 0, trim } });
        const { coordinator } = await play(simulator, seed, cast);
        if (coordinator.end?.state === 'diverged') return null;
        expect(coordinator.end?.state).toBe('finished');
        return (coordinator.life?.driver.parameters() ?? new Float32Array(0)).slice();
      };
      const honest = await trained(3, 7, { honest: 5, liars: [] });
      expect(await trained(3, 8, { honest: 2, liars: [] })).toEqual(honest);
      expect(await trained(3, 9, { honest: 3, liars: [] })).toEqual(honest);
      /** As far off as can be where the run has diverged. */
      const distance = (one: Float32Array | null, other: Float32Array | null): number =>
        one === null || other === null
          ? Number.POSITIVE_INFINITY
          : Math.hypot(...other.map((value, i) => value - (one[i] ?? 0)));
      const cast = { honest: 4, liars: [always((draw) => tells('scaled', draw))] };
      const kept = distance(await trained(3, 7, cast), honest);
      const open = distance(await trained(0, 7, cast), await trained(0, 7, { honest: 5, liars: [] }));
      expect(kept).toBeLessThan(open / 2);
    },
  );

  it('a gradient of an unusual length is looked at, though no check was drawn for it', async () => {
    const simulator = await openSimulator({
      trust: { spotCheck: 0.001, quorum: 1 },
      numerics: 'fast',
      epochs: 12,
      earlyStopping: null,
    });
    const sleeper = (draw: () => number): Liar => turnsBad(tells('scaled', draw), 25);
    const { coordinator, convicted } = await play(simulator, 6, { honest: 2, liars: [sleeper] });
    expect(convicted).toEqual(['liar-1']);
    expect(coordinator.verdicts.join(' ')).toContain('of an unusual length');
  });
});

describe('a worker that takes leases and never answers', () => {
  it.each([
    ['spot checks', { spotCheck: 0.2, quorum: 1 }],
    ['a quorum', { spotCheck: 0.05, quorum: 2 }],
  ])('holds nothing up with %s', async (_, trust) => {
    const simulator = await openSimulator({ trust });
    const { coordinator } = await play(simulator, 5, { honest: 3, liars: [], mute: 2 });
    expect(coordinator.parametersSha256).toBe(simulator.bench.expected.parametersSha256);
    expect(coordinator.evidence).toEqual([]);
  });
});
