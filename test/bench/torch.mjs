/** PyTorch beside this project: the Python that can import it, and scripts beside the checkout that train the same models. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './figures.mjs';

const PYTHON = process.env.SHOAL_PYTHON ?? 'python3';
const PEER = join(ROOT, '..', 'shared', 'peers', 'torch_mnist.py');
/** Trainings, and all sizes of a measurement of two processes, are given up after this. */
const PATIENCE_MS = 900_000;

/** What was set here for old builds of OpenBLAS would slow a new one. */
const { OPENBLAS_CORETYPE: _, OPENBLAS_L2_SIZE: __, ...ENVIRONMENT } = process.env;

export const torchCommand = { command: PYTHON, env: ENVIRONMENT };

export const hasTorch = () =>
  spawnSync(PYTHON, ['-c', 'import torch'], { stdio: 'ignore', env: ENVIRONMENT }).status === 0;

/** Lines of the peer's script; none where it, or what it needs, is not there. */
function peer(python, args) {
  if (!existsSync(PEER)) return [];
  const { stdout } = spawnSync(PYTHON, [...python, PEER, ...args], {
    ...{ encoding: 'utf8', timeout: PATIENCE_MS, env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'ignore'] },
  });
  return (stdout ?? '')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}

/** Samples a second of DistributedDataParallel over gloo in two processes of one thread, by preset. */
export function distributed(globalBatch) {
  const launch = ['-m', 'torch.distributed.run', '--nproc-per-node', '2', '--master-port', '29517'];
  const rows = peer(launch, ['ddp']).filter((row) => row.globalBatch === globalBatch);
  return new Map(rows.map((row) => [`mnist-${row.model}`, row.samplesPerSecond]));
}

/** @returns `{ seconds, testAccuracy }` of training alone, without loading and testing; null where it cannot be had */
export function train({ model, epochs, batch, rate, threads, data }) {
  const options = { model, epochs, batch, lr: rate, threads, data };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const last = peer([], ['train', ...args]).at(-1);
  return last?.epoch === epochs ? { seconds: last.trainSeconds, testAccuracy: last.testAccuracy } : null;
}
