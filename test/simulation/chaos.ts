/** What goes wrong in a simulated run, drawn from its seed: a burst of faults, then peace, so that every run can end. */
import type { Disk } from './disk.ts';
import type { SimCoordinator } from './simCoordinator.ts';
import type { SimGateway } from './simGateway.ts';
import type { SimWorker } from './simWorker.ts';
import type { World } from './world.ts';

export type Troubled = {
  readonly world: World;
  readonly coordinator: SimCoordinator;
  readonly disk: Disk;
  readonly workers: readonly SimWorker[];
  readonly gateways?: readonly SimGateway[];
  /** Faults happen until then. */
  readonly untilMs: number;
};

export function unleash({ world, coordinator, disk, workers, gateways = [], untilMs }: Troubled): void {
  const meanMs = world.between(200, 4000);
  const next = (): void => {
    world.after(world.between(0, 2 * meanMs), () => {
      if (world.now > untilMs || coordinator.end !== null) return pacify();
      strike();
      next();
    });
  };

  const pacify = (): void => {
    world.say('chaos', 'peace');
    disk.isFull = false;
    if (coordinator.life === null) coordinator.start();
    revive();
  };

  /** Whoever left or was expelled for good stays away, and a fresh process takes its place. */
  const revive = (): void => {
    if (coordinator.end !== null) return;
    world.after(5_000, revive);
    for (const gateway of gateways) gateway.start();
    for (const worker of workers) {
      worker.damageNext = false;
      worker.slowness = 1;
      worker.start();
    }
  };

  /** A gateway is cut off on one side or on both, stands still, or is gone. */
  const strikeGateway = (gateway: SimGateway): void => {
    const notices = () => ({ worker: world.between(0, 30_000), coordinator: world.between(0, 30_000) });
    switch (world.integer(5)) {
      case 0:
        gateway.crash();
        world.after(world.between(0, 10_000), () => gateway.start());
        return;
      case 1:
        return gateway.freeze(world.between(10, 40_000));
      case 2:
        gateway.link?.break(notices());
        return;
      case 3:
        for (const link of gateway.links) link.break(notices());
        return;
      case 4:
        for (const link of [gateway.link, ...gateway.links]) link?.break(notices());
        return;
    }
  };

  const strike = (): void => {
    const gateway = gateways.length === 0 ? undefined : gateways[world.integer(gateways.length)];
    if (gateway !== undefined && world.chance() < 0.4) return strikeGateway(gateway);
    const worker = workers[world.integer(workers.length)] as SimWorker;
    const soon = (ms: number, action: () => void): void => world.after(world.between(0, ms), action);
    switch (world.integer(13)) {
      case 0:
        worker.crash();
        return soon(10_000, () => worker.start());
      case 1:
        return worker.freeze(world.between(10, 40_000));
      case 2:
        worker.link?.break({ worker: world.between(0, 30_000), coordinator: world.between(0, 30_000) });
        return;
      case 3:
        worker.link?.break({ worker: 1, coordinator: 1 });
        return;
      case 4: {
        const link = worker.link;
        if (link === null) return;
        const { latencyMs, bytesPerMs } = link.quality;
        link.quality.latencyMs = world.between(50, 3000);
        link.quality.bytesPerMs = world.between(0.05, 2);
        return soon(15_000, () => Object.assign(link.quality, { latencyMs, bytesPerMs }));
      }
      case 5: {
        worker.slowness = world.between(2, 30);
        return soon(15_000, () => {
          worker.slowness = 1;
        });
      }
      case 6:
        worker.damageNext = true;
        return;
      case 7:
        return worker.misbehave(Uint8Array.from({ length: 1 + world.integer(40) }, () => world.integer(256)));
      case 8:
        worker.leave();
        return soon(5_000, () => worker.start());
      case 9:
        worker.start();
        return;
      case 10:
        disk.isFull = true;
        return soon(3_000, () => {
          disk.isFull = false;
        });
      case 11:
      case 12:
        coordinator.crash();
        return soon(5_000, () => {
          if (coordinator.life === null && coordinator.end === null) coordinator.start();
        });
    }
  };
  next();
}
