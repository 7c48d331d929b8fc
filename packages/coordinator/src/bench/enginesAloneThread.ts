/** The program of one thread of `ratesAlone`: measures when it starts and answers with its rate. */
import { parentPort, workerData } from 'node:worker_threads';
import { enableRelaxedSimd } from '@shoal/worker';
import { type AloneWork, rateAlone } from './enginesAlone.ts';

enableRelaxedSimd();
parentPort?.postMessage(await rateAlone(workerData as AloneWork));
