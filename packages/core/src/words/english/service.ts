/** What a coordinator tells of itself, in English. */

import type { DataSourceName } from '../../data/sources.ts';
import type { ServiceFact } from '../../facts/serviceFacts.ts';
import { shapeText } from '../../nn/shapeText.ts';
import { counted } from '../../text/counted.ts';
import type { Wording } from '../wording.ts';

const WHY = {
  noDownload: 'downloading is switched off',
  downloadFailed: 'could not be downloaded',
  unreadable: 'could not be read back after its download',
} as const;

const KINDS: { readonly [S in DataSourceName]: string } = {
  mnist: 'MNIST',
  idx: 'IDX files',
  pictures: 'pictures in a folder for each class',
  numpy: 'NumPy arrays',
  cifar: 'CIFAR files',
  tabular: 'a table',
  digits: 'the built-in digits',
  table: 'a truth table',
};

export const SERVICE_ENGLISH: Wording<ServiceFact> = {
  listensOnIpv4Only: () =>
    'This machine has IPv6 addresses only, and the coordinator listens on IPv4: start it with --host :: so that others reach it.',
  originsUntold: ({ origins }) =>
    `Pages of more than ${origins} origins were refused; further ones are not told.`,
  pageFailed: ({ card, role, problem, at, more }) =>
    `The part "${card}" of a page (${role}) failed with ${problem}${at === null ? '' : ` at ${at}`}.${more === 0 ? '' : ` (${more} more were not written down)`}`,
  clusterLed: ({ term }) => `This coordinator leads from now on (term ${term}).`,
  clusterLeft: ({ leader }) =>
    `${leader === null ? 'Another coordinator' : `The coordinator at ${leader}`} leads by now; this one gives its run up and stands by.`,
  clusterAway: () =>
    'The cluster does not answer: what is to be kept waits. The run goes on as long as it is certain that nobody else leads.',
  clusterBack: () => 'The cluster answers again.',
  clusterForgetful: ({ version }) =>
    `The servers of the cluster are NATS ${version}. Before 2.10.23 they may lose what they keep when several are killed within seconds: restart them one at a time, or take a newer version.`,
  clusterRunStuck: ({ runId, problem }) =>
    `This coordinator cannot go on with the run ${runId}, and leaves it to another: ${problem}`,
  socketsFull: ({ most }) => `${most} sockets are open, which is the limit socketsMax.`,
  mnistLookedFor: ({ detail }) => `MNIST was looked for in: ${detail}.`,
  digitsInstead: ({ why }) =>
    `MNIST was not found and ${WHY[why]}: going on with the built-in digits, which are drawn by a program. ` +
    'Point to the four MNIST files with --data DIR to train on the real ones.',
  dataTaken: ({ place, source, train, validation, test, shape, classes, label }) =>
    `${place} is taken as ${KINDS[source]} (data.source ${source}): ${counted(train, 'sample')} of ${shapeText(shape)} to train on, ` +
    `${validation === 0 ? '' : `${validation} to validate, `}${test} to test with, ${label === null ? counted(classes, 'class', { many: 'classes' }) : `each with a number, ${label}`}.`,
  dataUnusable: ({ detail }) => detail,
  dataNoted: ({ detail }) => detail,
  downloadNoted: ({ detail }) => detail,
  moreLikeThis: ({ more }) => `(${more.toLocaleString('en-US')} more like this)`,
  terminalClosed: ({ why }) => `The terminal was closed (SIGHUP). The work goes on, since ${why}.`,
  outputLost: ({ code, readerIsGone }) =>
    readerIsGone
      ? `Nobody reads the output any more (${code}). The work goes on without it.`
      : `The output can no longer be written (${code}), so that it is not complete. The work goes on without it.`,
};
