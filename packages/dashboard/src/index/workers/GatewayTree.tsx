/** Gateways as a tree: how many hang below each, how fast they are together, and what its line carries. */
import type { GatewayBelow, WorkerView } from '@shoal/core';
import { bitRate, count, NOTHING } from '../format.ts';
import { workers } from '../store.ts';
import { type Branch, branchesOf } from './branches.ts';
import { workerTexts } from './texts.ts';

export function GatewayTree() {
  const t = workerTexts();
  const gateways = workers.value.filter(({ gateway }) => gateway !== null);
  if (gateways.length === 0) return null;
  return (
    <section class="panel">
      <h2>{t.gateways}</h2>
      <p class="quiet">{t.gatewaysWhy}</p>
      <Branches branches={gateways.map(rootOf)} />
    </section>
  );
}

function rootOf({ name, rttMs, upBitsPerSecond, downBitsPerSecond, gateway }: WorkerView): Branch {
  const { below = [], ...all } = gateway ?? { workers: 0, threads: 0, speed: 0 };
  const root = { depth: 0, name, rttMs, upBitsPerSecond, downBitsPerSecond, ...all };
  return { gateway: root, below: branchesOf(below) };
}

function Branches({ branches }: { readonly branches: readonly Branch[] }) {
  return (
    <ul class="gateways">
      {branches.map(({ gateway, below }, i) => (
        <li key={i}>
          <Line gateway={gateway} />
          {below.length === 0 ? null : <Branches branches={below} />}
        </li>
      ))}
    </ul>
  );
}

function Line({ gateway }: { readonly gateway: GatewayBelow }) {
  const t = workerTexts();
  const { name, workers: people, threads, speed, rttMs, upBitsPerSecond, downBitsPerSecond } = gateway;
  const roundTrip = rttMs === null ? NOTHING : `${rttMs.toFixed(rttMs < 10 ? 1 : 0)} ms`;
  return (
    <p>
      <span class="name">{name}</span> <span class="number">{t.below(count(people), people)}</span>{' '}
      <small class="quiet number">
        {t.gatewayFigures({
          threads: count(threads),
          speed: count(speed),
          roundTrip,
          down: bitRate(downBitsPerSecond),
          up: bitRate(upBitsPerSecond),
        })}
      </small>
    </p>
  );
}
