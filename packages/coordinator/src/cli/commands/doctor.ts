/** `shoal doctor`: what this machine offers to a run, and what is missing, with the way to get it. */
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { KERNEL_BUILD, reasonOf } from '@shoal/core';
import { searchMnist } from '../../data/mnist.ts';
import { userCacheFolder } from '../../data/places.ts';
import { out } from '../../terminal/terminal.ts';
import { findBrowser, simdKinds, testBlas, testDocker, testGpu } from '../doctor/probes.ts';
import { bytes, columns } from '../output/format.ts';

type Finding = {
  readonly name: string;
  readonly available: boolean;
  /** What was found, or what is missing and whether that matters. */
  readonly detail: string;
};

export async function doctor(options: { readonly data?: string; readonly json?: boolean }): Promise<number> {
  const findings: Finding[] = [
    {
      name: 'node',
      available: true,
      detail: `${process.versions.node} on ${process.platform} ${process.arch}`,
    },
    {
      name: 'threads',
      available: true,
      detail: `${availableParallelism()} usable, ${cpus()[0]?.model.trim() ?? 'unknown processor'}`,
    },
    { name: 'memory', available: true, detail: `${bytes(totalmem())} in all, ${bytes(freemem())} free` },
    ...simdKinds(),
    { name: 'kernels', available: true, detail: `build ${KERNEL_BUILD}` },
    await dataSetFinding(options.data ?? null),
    await testBlas(),
    await testGpu(),
    findBrowser(),
    await testDocker(),
  ];
  if (options.json === true) {
    for (const finding of findings) out.json({ type: 'finding', ...finding });
    return 0;
  }
  const rows = findings.map(({ name, available, detail }) => [available ? 'yes' : 'no ', name, detail]);
  out.lines(...columns(rows));
  return 0;
}

async function dataSetFinding(dataFolder: string | null): Promise<Finding> {
  const name = 'data set';
  try {
    const search = await searchMnist({
      dataFolder,
      projectFolder: process.cwd(),
      cacheFolder: userCacheFolder(),
      environment: process.env,
    });
    if (search.found) {
      const { kinship, folder, place } = search.set;
      const what = { mnist: 'MNIST', altered: 'MNIST with other files', other: 'a set that is not MNIST' };
      return { name, available: true, detail: `${what[kinship]} in ${folder} (${place.because})` };
    }
    const looked = search.lookedAt.map(({ folder, outcome }) => `${folder} (${outcome})`).join('; ');
    return {
      name,
      available: false,
      detail: `MNIST is not here; "shoal train" downloads it, or goes on with its built-in digits. Looked at: ${looked}`,
    };
  } catch (error) {
    return { name, available: false, detail: reasonOf(error) };
  }
}
