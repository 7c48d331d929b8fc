/** Decodes a list of pictures into shared memory: on this thread, or on several where there are many. */
import { availableParallelism } from 'node:os';
import { setImmediate as untilOthersHadATurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { ListedPicture } from './pictureList.ts';
import { type BrokenPicture, PictureReader, type PictureStretch, type PictureTask } from './pictureReader.ts';

/** Node.js 20 starts no thread from TypeScript, so that from a source tree the built script is taken. */
const SCRIPT = new URL(
  import.meta.url.endsWith('.ts') ? '../../../dist/data/pictures/pictureThread.js' : './pictureThread.js',
  import.meta.url,
);

const STRETCH = 256;
/** A thread takes as long to start as so many small pictures to decode. */
const PER_THREAD_MIN = 1024;
const THREADS_MAX = 8;

export type DecodeOptions = {
  readonly task: PictureTask;
  readonly pictures: readonly ListedPicture[];
  readonly threads?: number;
  /** Called with the number of pictures that are done. */
  readonly onProgress: (done: number) => void;
};

export const threadsFor = (pictures: number): number =>
  Math.min(THREADS_MAX, availableParallelism(), Math.floor(pictures / PER_THREAD_MIN));

/** Picture i of the list becomes row i. @returns those that could not be read, by their rows */
export async function decodePictures(options: DecodeOptions): Promise<BrokenPicture[]> {
  const { task, pictures, onProgress } = options;
  const threads = options.threads ?? threadsFor(pictures.length);
  const stretches = function* (): Generator<PictureStretch> {
    for (let from = 0; from < pictures.length; from += STRETCH) {
      const some = pictures.slice(from, from + STRETCH);
      const entries = task.isArchive ? some.flatMap(({ entry }) => (entry === null ? [] : [entry])) : null;
      yield { from, names: some.map(({ name }) => name), entries };
    }
  };
  const broken =
    threads < 2
      ? await decodeHere(task, stretches(), onProgress)
      : await decodeOnThreads(task, stretches(), threads, onProgress);
  return broken.sort((one, other) => one.row - other.row);
}

async function decodeHere(
  task: PictureTask,
  stretches: Iterable<PictureStretch>,
  onProgress: (done: number) => void,
): Promise<BrokenPicture[]> {
  const reader = new PictureReader(task);
  const broken: BrokenPicture[] = [];
  let done = 0;
  try {
    for (const stretch of stretches) {
      broken.push(...reader.decode(task, stretch));
      done += stretch.names.length;
      onProgress(done);
      // A page is answered and Ctrl-C is heard meanwhile.
      await untilOthersHadATurn();
    }
  } finally {
    reader.close();
  }
  return broken;
}

/** Each thread has one stretch at hand and another one waiting. */
async function decodeOnThreads(
  task: PictureTask,
  stretches: Iterator<PictureStretch>,
  threads: number,
  onProgress: (done: number) => void,
): Promise<BrokenPicture[]> {
  const broken: BrokenPicture[] = [];
  let done = 0;
  const workers = Array.from(
    { length: threads },
    () => new Worker(SCRIPT, { name: 'shoal pictures', workerData: task }),
  );
  try {
    await Promise.all(
      workers.map(
        (worker) =>
          new Promise<void>((resolve, reject) => {
            let waiting = 0;
            const post = (): void => {
              const next = stretches.next();
              if (next.done !== true) {
                worker.postMessage(next.value);
                waiting += 1;
              } else if (waiting === 0) {
                resolve();
              }
            };
            worker.on(
              'message',
              (answer: { readonly count: number; readonly broken: readonly BrokenPicture[] }) => {
                waiting -= 1;
                broken.push(...answer.broken);
                done += answer.count;
                onProgress(done);
                post();
              },
            );
            worker.on('error', reject);
            worker.on('exit', (code) =>
              reject(new Error(`A thread that decodes pictures ended with code ${code}.`)),
            );
            post();
            post();
          }),
      ),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return broken;
}
