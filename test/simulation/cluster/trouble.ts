/** What goes wrong in a simulated cluster of coordinators, drawn from its seed: for a while much, then nothing, so that the run can end. */
import type { BrokerModel } from '@shoal/coordinator/simulation';
import type { SimWorker } from '../simWorker.ts';
import type { World } from '../world.ts';
import type { SimMember } from './simMember.ts';

export type Troubled = {
  readonly world: World;
  readonly broker: BrokerModel;
  readonly members: readonly SimMember[];
  readonly workers: readonly SimWorker[];
  readonly untilMs: number;
};

export function trouble({ world, broker, members, workers, untilMs }: Troubled): void {
  const meanMs = world.between(500, 6_000);
  const next = (): void =>
    world.after(world.between(0, 2 * meanMs), () => {
      if (world.now > untilMs) return heal();
      strike();
      next();
    });
  const heal = (): void => {
    world.say('trouble', 'peace');
    broker.isFull = false;
    for (const member of members) {
      lines([member], { isCut: false, losesAnswers: false });
      member.start();
    }
    revive();
  };
  const revive = (): void => {
    world.after(5_000, revive);
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

  const strike = (): void => {
    const worker = workers[world.integer(workers.length)] as SimWorker;
    const member = world.chance() < 0.7 ? leader() : (members[world.integer(members.length)] as SimMember);
    switch (world.integer(10)) {
      case 0:
      case 1:
        member.crash();
        return soon(15_000, () => member.start());
      case 2:
      case 3:
        member.freeze(world.between(100, 20_000));
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
        worker.link?.break({ worker: world.between(0, 8_000), coordinator: world.between(0, 8_000) });
    }
  };
  next();
}
