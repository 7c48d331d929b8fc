/** What hangs below a gateway, as it tells the coordinator. */
import { type Crew, GATEWAY_DEPTH_MAX, GATEWAYS_TOLD_MAX } from '@shoal/core';
import type { RegisteredWorker } from '../run/admission/workerRegistry.ts';
import { isThere } from '../transition/model/worker.ts';
import type { RunState } from '../transition/state.ts';

export function crewOf(
  { workers }: Pick<RunState, 'workers'>,
  registered: ReadonlyMap<number, RegisteredWorker>,
): Crew {
  const all = { workers: 0, threads: 0, speed: 0 };
  for (const worker of workers.values()) {
    if (!isThere(worker)) continue;
    all.workers += worker.crew ?? 1;
    all.threads += worker.threads;
    all.speed += worker.speed;
  }
  return { type: 'crew', ...all, below: belowOf(registered) };
}

function belowOf(registered: ReadonlyMap<number, RegisteredWorker>): Crew['below'] {
  const below: Crew['below'] = [];
  for (const { isGateway, crew, hello, connection } of registered.values()) {
    if (!isGateway) continue;
    const { rttMs: roundTrip, upBitsPerSecond, downBitsPerSecond } = connection;
    const { workers = 0, threads = 0, speed = 0 } = crew ?? {};
    const { name } = hello;
    below.push({ depth: 1, name, workers, threads, speed, roundTrip, upBitsPerSecond, downBitsPerSecond });
    for (const one of crew?.below ?? []) {
      if (one.depth < GATEWAY_DEPTH_MAX) below.push({ ...one, depth: one.depth + 1 });
    }
  }
  return below.slice(0, GATEWAYS_TOLD_MAX);
}

/** Speeds are estimates, and lines change all the time: so much is no news. */
export function isNews(before: Crew | null, now: Crew): boolean {
  if (before === null || before.workers !== now.workers || before.threads !== now.threads) return true;
  if (Math.abs(now.speed - before.speed) > SPEED_NEWS * before.speed) return true;
  if (before.below.length !== now.below.length) return true;
  return now.below.some(({ name, depth, workers }, i) => {
    const known = before.below[i];
    return known?.name !== name || known.depth !== depth || known.workers !== workers;
  });
}

const SPEED_NEWS = 0.03;
