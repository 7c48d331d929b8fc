/**
 * What goes wrong in a simulated cluster of coordinators, drawn from its seed: for a while much, then nothing, so that the
 * run can end.
 */
import type { BrokerModel } from '@shoal/coordinator/simulation';
import type { SimGateway } from '../simGateway.ts';
import type { SimWorker } from '../simWorker.ts';
import type { World } from '../world.ts';
import type { SimMember } from './simMember.ts';

export type Troubled = {
  readonly world: World;
  readonly broker: BrokerModel;
  readonly members: readonly SimMember[];
  readonly gateways: readonly SimGateway[];
  readonly workers: readonly SimWorker[];
  readonly untilMs: number;
};

/** The longest that somebody stands still. */
const FREEZE_MS = 20_000;
/** Who stands still for so long finds another leading. */
const DEPOSED_MS = [5_500, 8_000] as const;
const HARDY_PART = 0.6;
/** So many of them are stopped while they take the run up, which takes about this long. */
const AT_ONCE_PART = 0.5;
const BEGINNING_MS = 80;
/** Of all that happens where coordinators are hardy. */
const DEPOSED_PART = 0.4;
/** Of all that happens where there are gateways, what happens to them. */
const GATEWAYS_PART = 0.35;

export type Troubles = {
  /** From then on nothing is wrong any more, by the world's clock. */
  readonly overAt: number;
  /** To be told that somebody has begun to lead: what it does first is a good time to stop it. */
  readonly began: () => void;
};

export function trouble({ world, broker, members, gateways, workers, untilMs }: Troubled): Troubles {
  const troubles = {
    overAt: Number.POSITIVE_INFINITY,
    began: (): void => {
      if (!areHardy || world.now > untilMs || world.chance() >= AT_ONCE_PART) return;
      world.after(world.between(0, BEGINNING_MS), depose);
    },
  };
  const meanMs = world.between(500, 6_000);
  /** Coordinators stand still in place of dying, so that the same ones lead again and again. */
  const areHardy = world.chance() < HARDY_PART;
  const next = (): void =>
    world.after(world.between(0, 2 * meanMs), () => {
      if (world.now > untilMs) return heal();
      strike();
      next();
    });
  const heal = (): void => {
    world.say('trouble', 'peace');
    // Whoever stands still now goes on by then.
    troubles.overAt = world.now + FREEZE_MS;
    broker.isFull = false;
    for (const member of members) {
      lines([member], { isCut: false, losesAnswers: false });
      member.start();
    }
    for (const gateway of gateways) Object.assign(gateway, { isCutAbove: false, isCutBelow: false });
    revive();
  };
  const revive = (): void => {
    world.after(5_000, revive);
    for (const gateway of gateways) gateway.start();
    for (const worker of workers) worker.start();
  };
  const lines = (
    whose: readonly SimMember[],
    state: Partial<Pick<SimMember, 'isCut' | 'losesAnswers'>>,
  ): void => {
    for (const member of whose) {
      Object.assign(member, state);
      member.lineChanged();
    }
  };
  const leader = (): SimMember =>
    members.find(({ term }) => term !== null) ?? (members[world.integer(members.length)] as SimMember);
  const soon = (ms: number, action: () => void): void => world.after(world.between(0, ms), action);

  const notices = () => ({ worker: world.between(0, 8_000), coordinator: world.between(0, 8_000) });

  /** Long enough for another to lead, and no longer, so that this one may lead after it. */
  const depose = (): void => {
    const member = members.find(({ mayAct, isFrozen }) => mayAct && !isFrozen);
    if (member === undefined) return;
    member.freeze(world.between(...DEPOSED_MS));
    member.holdLinks();
  };

  const strikeGateway = (gateway: SimGateway): void => {
    switch (world.integer(4)) {
      case 0:
        gateway.crash();
        return soon(10_000, () => gateway.start());
      case 1:
        return gateway.freeze(world.between(100, FREEZE_MS));
      case 2:
        gateway.cut('above', notices);
        return soon(20_000, () => Object.assign(gateway, { isCutAbove: false }));
      default:
        gateway.cut('below', notices);
        return soon(20_000, () => Object.assign(gateway, { isCutBelow: false }));
    }
  };

  const strike = (): void => {
    const gateway = gateways.length === 0 ? undefined : gateways[world.integer(gateways.length)];
    if (areHardy && world.chance() < DEPOSED_PART) return depose();
    if (gateway !== undefined && world.chance() < GATEWAYS_PART) return strikeGateway(gateway);
    const worker = workers[world.integer(workers.length)] as SimWorker;
    const member = world.chance() < 0.7 ? leader() : (members[world.integer(members.length)] as SimMember);
    switch (world.integer(10)) {
      case 0:
      case 1:
        if (areHardy) return depose();
        member.crash();
        return soon(15_000, () => member.start());
      case 2:
      case 3:
        member.freeze(world.between(100, FREEZE_MS));
        return member.holdLinks();
      case 4:
        world.say('trouble', `${member.name} is cut off from the broker`);
        lines([member], { isCut: true });
        return soon(20_000, () => lines([member], { isCut: false }));
      case 5:
        world.say('trouble', `the answers to ${member.name} are lost`);
        lines([member], { losesAnswers: true });
        return soon(8_000, () => lines([member], { losesAnswers: false }));
      case 6:
        world.say('trouble', 'the broker is away');
        lines(members, { isCut: true });
        return soon(60_000, () => lines(members, { isCut: false }));
      case 7:
        world.say('trouble', 'the broker is full');
        broker.isFull = true;
        return soon(4_000, () => {
          broker.isFull = false;
        });
      case 8:
        worker.crash();
        return soon(8_000, () => worker.start());
      default:
        worker.link?.break(notices());
    }
  };
  next();
  return troubles;
}
