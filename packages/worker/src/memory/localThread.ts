/**
 * The script of a local worker: a thread of its coordinator's process, which shares memory with it. It ends with its
 * coordinator; what goes wrong in it costs its leases and ends it alone.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { canonicalJson, type DataSplits } from '@shoal/core';
import { FaultSwitch } from '../node/faults.ts';
import { inlineSlot } from '../node/inlineSlot.ts';
import { runSession } from '../node/runSession.ts';
import { threadSlot } from '../node/threadSlot.ts';
import type { DataLoader } from '../shell/sessionShell.ts';
import { memoryChannel } from './memoryChannel.ts';
import type { FromThread, LocalThreadData, ToThread } from './threadMessages.ts';

const port = parentPort;
if (port === null) throw new Error('This script is started as a thread by a coordinator, not by hand.');

const tell = (message: FromThread): void =>
  port.postMessage(message, message.type === 'connect' ? [message.port] : []);

const faults = new FaultSwitch();
const asked = new Map<string, (splits: DataSplits | null) => void>();

port.on('message', (message: ToThread) => {
  if (message.type === 'fault') faults.fault = message.fault;
  else asked.get(message.key)?.(message.splits);
});

/** The coordinator's own, which nobody writes to. */
const load: DataLoader = async (manifests, signal) => {
  const key = canonicalJson(manifests);
  const splits = await new Promise<DataSplits | null>((resolve, reject) => {
    asked.set(key, resolve);
    signal.addEventListener('abort', () => reject(signal.reason));
    tell({ type: 'needsData', key });
  }).finally(() => asked.delete(key));
  if (splits === null) throw new Error('the run that it belongs to is over');
  return splits;
};

const { token, threads, name, identity } = workerData as LocalThreadData;
const { exitCode, fact, message } = await runSession(
  {
    threads,
    name,
    identity,
    faults,
    signals: [],
    // The coordinator says who joins and leaves; only what went wrong here is news.
    log: (level, _sentence, said) => {
      if (level === 'warn') tell({ type: 'notice', said });
    },
  },
  {
    address: 'this computer',
    token,
    openChannel: () => memoryChannel(tell),
    dataOf: () => ({ type: 'shared', load }),
    slots: threads === 1 ? inlineSlot : threadSlot,
  },
);
if (exitCode !== 0) tell({ type: 'notice', said: fact ?? { type: 'text', text: message } });
// What was told is on its way before the thread ends.
setImmediate(() => process.exit(exitCode));
