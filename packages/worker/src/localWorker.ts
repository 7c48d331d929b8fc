/**
 * The process of a local worker, forked by a coordinator on the same machine. Configuration comes by environment:
 * SHOAL_URL and SHOAL_TOKEN (required), SHOAL_THREADS (1), SHOAL_NAME, SHOAL_IDENTITY. A message over the channel to the
 * coordinator switches a fault on or off; what people should know goes the other way. It ends when its coordinator dies:
 * the channel that `child_process.fork` opens closes with the parent, on every platform. Ctrl-C in a terminal, and its
 * closing, reach the whole group of processes, so they are left to the coordinator, which ends its workers when it has
 * written its checkpoint.
 */
import { FaultSwitch, isFaultMessage } from './node/faults.ts';
import { endWithoutTerminal } from './node/lostTerminal.ts';
import type { NoticeMessage } from './node/noticeMessage.ts';
import { runNodeWorker } from './node/runNodeWorker.ts';

endWithoutTerminal();
process.on('disconnect', () => process.exit(0));
// The coordinator may have died while this file was being loaded.
if (process.connected === false) process.exit(0);
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});

/** Resolves when it is on its way; a coordinator that is gone hears nothing. */
const tell = (said: NoticeMessage['said']): Promise<void> =>
  new Promise((resolve) => {
    const message: NoticeMessage = { type: 'notice', said };
    if (process.connected) process.send?.(message, () => resolve());
    else resolve();
  });

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

const { exitCode, fact, message } = await runNodeWorker({
  url: SHOAL_URL,
  token: SHOAL_TOKEN === '' ? null : SHOAL_TOKEN,
  threads: Number(SHOAL_THREADS),
  name: SHOAL_NAME,
  // The coordinator says who joins and leaves; only what went wrong here is news.
  log: (level, _sentence, said) => {
    if (level === 'warn') void tell(said);
  },
  signals: ['SIGTERM'],
  ...(SHOAL_IDENTITY !== undefined && { identity: SHOAL_IDENTITY }),
  faults,
});
if (exitCode !== 0) await tell(fact ?? { type: 'text', text: message });
process.exit(exitCode);
