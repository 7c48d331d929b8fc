/**
 * One run under attack, from its start to its end: an honest worker computes in virtual time while hostile connections
 * come, send what they like and go. After each frame everything that must hold is looked at.
 */
import { DEFAULT_LIMITS, decodeCoordinatorMessage, FrameError } from '@shoal/core';
import { Disk } from '../simulation/disk.ts';
import { SimCoordinator } from '../simulation/simCoordinator.ts';
import { fixedVectors, heldBack } from '../simulation/simulate.ts';
import { SimWorker } from '../simulation/simWorker.ts';
import type { Workbench } from '../simulation/workbench.ts';
import { World } from '../simulation/world.ts';
import { Dice } from './dice.ts';
import { type Frame, Intruder, type Pose, shown } from './intruder.ts';
import type { Probe, Traffic } from './traffic.ts';

export type Target = { readonly bench: Workbench; readonly probe: Probe; readonly traffic: Traffic };

export type SessionReport = {
  readonly frames: number;
  /** The run ended with the bits that it has without an attack; null where an intruder was let in to compute. */
  readonly sameBits: boolean | null;
  readonly wasAdmitted: boolean;
  /** What did not hold, with the frame; null when all did. */
  readonly problem: string | null;
};

/** One frame must not hold the coordinator up for longer; a collector of garbage on a busy machine is allowed for. */
const FRAME_MS_MAX = 3_000;
const INTRUDERS_MAX = 6;
/** A run that is still going on after so many frames is abandoned: who was admitted may keep it from ending. */
const FRAMES_MAX = 10_000;
const PROPERTIES = Object.getOwnPropertyNames(Object.prototype).join();

/** `onFrame` is told the number of each frame before it is delivered. */
export async function attack(
  target: Target,
  seed: number,
  framesMax: number,
  onFrame: (frame: number) => void,
): Promise<SessionReport> {
  const { bench, probe, traffic } = target;
  const dice = new Dice(seed);
  const world = new World({ seed, trace: false });
  const watch = { moved: () => {}, step: () => {} };
  const coordinator = new SimCoordinator({ world, bench, probe, disk: new Disk(world), watch });
  coordinator.start();
  const quality = { latencyMs: 1, bytesPerMs: 1000 };
  new SimWorker({ world, bench, coordinator, name: 'honest', threads: 1, leafMs: 60, quality }).start();

  const poses: readonly Pose[] =
    dice.chance() < 0.5 ? ['stranger', 'greeted'] : ['stranger', 'greeted', 'admitted'];
  const eventsPerFrame = dice.pick([1, 4, 16]);
  const intruders: Intruder[] = [];
  let frames = 0;
  let number = 0;
  let wasAdmitted = false;
  let problem: string | null = null;
  let last: Frame = { bytes: Buffer.alloc(0), isBinary: true };
  const say = (text: string): void => {
    problem ??= `seed ${seed}, frame ${frames}: ${text}. The last frame: ${shown(last)}`;
  };
  const guarded = (act: () => void): void => {
    try {
      act();
    } catch (error) {
      say(`it threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  };

  while (coordinator.end === null && frames < Math.min(framesMax, FRAMES_MAX) && problem === null) {
    let owed = eventsPerFrame * 2 * dice.chance();
    for (; owed > 0 && coordinator.end === null; owed -= 1) {
      guarded(() => world.step());
      // Checkpoint writes are promises; what waits for them goes on before the next event.
      await Promise.resolve();
    }
    if (intruders.length < INTRUDERS_MAX && dice.chance() < 0.3 && coordinator.life !== null) {
      number += 1;
      intruders.push(new Intruder({ world, dice, traffic, pose: dice.pick(poses), coordinator, number }));
    }
    const at = dice.below(intruders.length);
    const intruder = intruders[at];
    if (intruder === undefined) continue;
    const frame = intruder.next();
    last = frame;
    frames += 1;
    onFrame(frames);
    const from = performance.now();
    guarded(() => {
      intruder.send(frame);
      if (dice.chance() < 0.1) decodeAsWorker(frame.bytes);
    });
    const took = performance.now() - from;
    if (took > FRAME_MS_MAX) say(`it took ${took.toFixed(0)} ms`);
    wasAdmitted ||= intruder.isInside;
    const unbound = brokenBound(coordinator);
    if (unbound !== null) say(unbound);
    if (dice.chance() < 0.02) intruder.vanish();
    if (intruder.isOver) intruders.splice(at, 1);
  }
  const ended = coordinator.end !== null;
  const sameBits =
    wasAdmitted || !ended ? null : coordinator.parametersSha256 === bench.expected.parametersSha256;
  if (sameBits === false)
    problem ??= `seed ${seed}: the run ended with other parameters than without an attack`;
  return { frames, sameBits, wasAdmitted, problem };
}

/** The worker's decoder meets the same bytes: it refuses them in its own words. */
function decodeAsWorker(bytes: Uint8Array): void {
  try {
    decodeCoordinatorMessage(bytes);
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
  }
}

function brokenBound(coordinator: SimCoordinator): string | null {
  if (Object.getOwnPropertyNames(Object.prototype).join() !== PROPERTIES)
    return 'Object.prototype has changed';
  const life = coordinator.life;
  if (life === null) return null;
  const { state } = life.driver;
  if (state.workers.size > life.connections.size) return 'workers are counted that have no connection';
  for (const { held } of state.workers.values()) {
    if (held.length > DEFAULT_LIMITS.leasesHeldMax) return `a worker holds ${held.length} leases`;
  }
  const merged = 'task' in state.stage ? state.stage.task.reduction.held.size : 0;
  const nodes = merged + heldBack(state);
  const open = life.run.arena.size - fixedVectors(life.run.facts.spec);
  if (open > nodes + 1) return `${open} gradients are held for ${nodes} nodes of the tree`;
  return null;
}
