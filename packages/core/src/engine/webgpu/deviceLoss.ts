/**
 * When a device can be believed no longer: it is gone, or something that was asked of it has failed. A command that the device
 * refuses, for want of memory say, is left out without a word to whoever waits for what comes after it; what is read back then is
 * whatever lay there.
 */
import { reasonOf } from '../../base/reason.ts';
import { DeviceLostError, type GpuDevice } from './gpu.ts';

/** Who waits for a device, and why it is believed no longer. */
type Fate = { readonly waiting: Set<(problem: DeviceLostError) => void>; gone: DeviceLostError | null };
const fates = new WeakMap<GpuDevice, Fate>();

function fateOf(device: GpuDevice): Fate {
  const known = fates.get(device);
  if (known !== undefined) return known;
  const fate: Fate = { waiting: new Set(), gone: null };
  fates.set(device, fate);
  const end = (sentence: string): void => {
    fate.gone ??= new DeviceLostError(sentence);
    for (const reject of fate.waiting) reject(fate.gone);
    fate.waiting.clear();
  };
  void device.lost.then(({ message }) =>
    end(`The graphics processor is gone: ${message || 'its driver gave no reason'}.`),
  );
  device.addEventListener('uncapturederror', ({ error }) =>
    end(`The graphics processor refused its work: ${error.message}`),
  );
  return fate;
}

/** What was asked of the device, unless it or anything before has failed. @throws DeviceLostError */
export function orLost<T>(device: GpuDevice, asked: Promise<T>): Promise<T> {
  const fate = fateOf(device);
  return new Promise<T>((resolve, reject) => {
    if (fate.gone !== null) reject(fate.gone);
    fate.waiting.add(reject);
    asked
      .then(
        (value) => (fate.gone === null ? resolve(value) : reject(fate.gone)),
        (problem) => {
          const why = reasonOf(problem) || 'its driver gave no reason.';
          reject(new DeviceLostError(`The graphics processor gave up: ${why}`));
        },
      )
      .finally(() => fate.waiting.delete(reject));
  });
}
