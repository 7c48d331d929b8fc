/** The script of a thread that decodes pictures: one stretch of the list after another, as they are posted. */
import { parentPort, workerData } from 'node:worker_threads';
import { type BrokenPicture, PictureReader, type PictureStretch, type PictureTask } from './pictureReader.ts';

const port = parentPort;
if (port === null) throw new Error('This script is started as a thread by Shoal, not by hand.');

const task = workerData as PictureTask;
const reader = new PictureReader(task);
port.on('message', (stretch: PictureStretch) => {
  const broken: readonly BrokenPicture[] = reader.decode(task, stretch);
  port.postMessage({ count: stretch.names.length, broken });
});
