/**
 * The process of a local worker, forked by a coordinator on the same machine. Configuration comes by environment:
 * SHOAL_URL and SHOAL_TOKEN (required), SHOAL_THREADS (1), SHOAL_NAME, SHOAL_IDENTITY. A message over the channel to the
 * coordinator switches a fault on or off. It ends when its coordinator dies: the channel
 * that `child_process.fork` opens closes with the parent, on every platform. Ctrl-C in a terminal reaches the whole
 * group of processes, so it is left to the coordinator, which ends its workers when it has written its checkpoint.
 */
import { FaultSwitch, isFaultMessage } from './node/faults.ts';
import { runNodeWorker } from './node/runNodeWorker.ts';

process.on('disconnect', () => process.exit(0));
// The coordinator may have died while this file was being loaded.
if (process.connected === false) process.exit(0);
process.on('SIGINT', () => {});

const {
  SHOAL_URL = '',
  SHOAL_TOKEN = '',
  SHOAL_THREADS = '1',
  SHOAL_NAME = `local ${process.pid}`,
  SHOAL_IDENTITY,
} = process.env;

const faults = new FaultSwitch();
process.on('message', (message) => {
  if (isFaultMessage(message)) faults.fault = message.fault;
});

const { exitCode, message } = await runNodeWorker({
  url: SHOAL_URL,
  token: SHOAL_TOKEN === '' ? null : SHOAL_TOKEN,
  threads: Number(SHOAL_THREADS),
  name: SHOAL_NAME,
  // The coordinator says who joins and leaves; only what went wrong here is news.
  log: (level, text) => {
    if (level === 'warn') process.stderr.write(`${SHOAL_NAME}: ${text}\n`);
  },
  signals: ['SIGTERM'],
  ...(SHOAL_IDENTITY !== undefined && { identity: SHOAL_IDENTITY }),
  faults,
});
if (exitCode !== 0) process.stderr.write(`${SHOAL_NAME}: ${message}\n`);
process.exit(exitCode);
