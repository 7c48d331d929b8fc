/** A worker that proves itself by the probe and some answers, and then lies. */
import { KERNEL_BUILD } from '@shoal/core';
import type { Cluster } from './cluster.ts';
import { exactWork } from './exactCompute.ts';
import { checksum } from './foreignArithmetic.ts';
import { answersTo, ForeignWorker, helloWith, type Message } from './foreignWorker.ts';

export type Liar = {
  readonly worker: ForeignWorker;
  readonly lies: () => number;
  /** What proves that it is the same. */
  readonly credential: string;
};

/** Answers so many leases rightly, and from then on with every sign turned. */
export async function liarAt(url: string, cluster: Cluster, identity: string, honest: number): Promise<Liar> {
  const work = await exactWork(cluster.spec);
  const worker = await ForeignWorker.connect(url);
  worker.versions.set(0, work.initial);
  let answered = 0;
  let lies = 0;
  worker.onMessage((message) => {
    if (message.type !== 'lease') return;
    answered += 1;
    for (const answer of answersTo(message, worker, work.compute)) {
      if (answered <= honest || answer.vector === null) {
        worker.send(answer);
        continue;
      }
      lies += 1;
      const turned = new Float32Array((answer.vector as Uint8Array).slice().buffer).map((value) => -value);
      const vector = new Uint8Array(turned.buffer);
      worker.send({ ...answer, vector, checksum: checksum(vector) });
    }
  });
  worker.send(helloOfLiar(url, identity));
  const welcome = await worker.message(({ type }) => type === 'welcome', 'The welcome');
  return { worker, lies: () => lies, credential: String(welcome.credential) };
}

export const helloOfLiar = (url: string, identity: string, fields: Message = {}): Message =>
  helloWith(url, { kernels: KERNEL_BUILD, identity, name: 'a liar', ...fields });
