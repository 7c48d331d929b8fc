/** Counts the typed arrays that a piece of code makes, views included. */

const NAMES = [
  'Float32Array',
  'Float64Array',
  'Int8Array',
  'Int16Array',
  'Int32Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Uint16Array',
  'Uint32Array',
  'ArrayBuffer',
] as const;

/** Methods of typed arrays that make another one. */
const MAKERS = ['subarray', 'slice', 'map', 'filter'] as const;

/** Runs `work` with the global constructors and the making methods wrapped, and puts them back. */
export function countAllocations(work: () => void): number {
  let made = 0;
  const globals = globalThis as unknown as Record<string, new (...args: unknown[]) => object>;
  const originals = NAMES.map((name) => [name, globals[name]] as const);
  const prototype = Object.getPrototypeOf(Float32Array.prototype);
  const methods = MAKERS.map((name) => [name, prototype[name]] as const);
  try {
    for (const [name, original] of originals) {
      globals[name] = new Proxy(original as new (...args: unknown[]) => object, {
        construct(target, args, newTarget): object {
          made += 1;
          return Reflect.construct(target, args, newTarget);
        },
      });
    }
    for (const [name, original] of methods) {
      prototype[name] = function wrapped(this: unknown, ...args: unknown[]): unknown {
        made += 1;
        return original.apply(this, args);
      };
    }
    work();
  } finally {
    for (const [name, original] of originals) {
      globals[name] = original as new (...args: unknown[]) => object;
    }
    for (const [name, original] of methods) prototype[name] = original;
  }
  return made;
}
