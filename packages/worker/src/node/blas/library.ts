/**
 * The system's BLAS, loaded with koffi: OpenBLAS, or Accelerate on macOS. Both are optional; what is not there is said in a sentence.
 * One thread is used for each product, since a worker's slots are threads already.
 */

/** cblas_sgemm(order, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc) on views of the same memory. */
export type Sgemm = (
  order: number,
  transposeA: number,
  transposeB: number,
  m: number,
  n: number,
  k: number,
  alpha: number,
  a: Float32Array,
  strideA: number,
  b: Float32Array,
  strideB: number,
  beta: number,
  c: Float32Array,
  strideC: number,
) => void;

export type BlasLibrary = {
  readonly sgemm: Sgemm;
  /** What people call it: `OpenBLAS 0.3.21 …` or `Accelerate`, and the file. */
  readonly description: string;
};

export type BlasSearch =
  | { readonly found: true; readonly library: BlasLibrary }
  | { readonly found: false; readonly reason: string };

const ACCELERATE = '/System/Library/Frameworks/Accelerate.framework/Accelerate';
/** Names for the dynamic linker first, then the places of package managers that it does not search. */
const FILES: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: ['libopenblas.so.0', 'libopenblas.so'],
  darwin: [
    ACCELERATE,
    '/opt/homebrew/opt/openblas/lib/libopenblas.dylib',
    '/usr/local/opt/openblas/lib/libopenblas.dylib',
  ],
  win32: ['openblas.dll', 'libopenblas.dll'],
};
const INSTALL: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  linux: 'install your system’s OpenBLAS package (on Debian and Ubuntu: libopenblas0-pthread)',
  win32: 'put openblas.dll into a folder of the PATH',
};
/** Libraries read these when they are loaded: without them they start threads that nothing here uses. */
const ONE_THREAD = ['OPENBLAS_NUM_THREADS', 'VECLIB_MAXIMUM_THREADS'];

type Koffi = typeof import('koffi')['default'];

/** Never rejects. Loads the library into this process: tens of megabytes, most of them shared and untouched. */
export async function findBlas(): Promise<BlasSearch> {
  const koffi = await loadKoffi();
  if (koffi === null) {
    const reason = 'The optional package koffi, through which a BLAS is called, is not installed.';
    return { found: false, reason };
  }
  for (const name of ONE_THREAD) process.env[name] ??= '1';
  for (const file of FILES[process.platform] ?? []) {
    try {
      return { found: true, library: open(koffi, file) };
    } catch {
      // The next place; what is missing in all of them is said below.
    }
  }
  const way = INSTALL[process.platform] ?? 'install OpenBLAS';
  return { found: false, reason: `Neither OpenBLAS nor Accelerate was found; to have one, ${way}.` };
}

async function loadKoffi(): Promise<Koffi | null> {
  try {
    return (await import('koffi')).default;
  } catch {
    return null;
  }
}

/** @throws when the file is not there or is no BLAS */
function open(koffi: Koffi, file: string): BlasLibrary {
  const library = koffi.load(file);
  const sgemm = library.func(
    'void cblas_sgemm(int, int, int, int, int, int, float, void *, int, void *, int, float, void *, int)',
  ) as unknown as Sgemm;
  if (file === ACCELERATE) return { sgemm, description: `Accelerate (${file})` };
  library.func('void openblas_set_num_threads(int)')(1);
  const config: unknown = library.func('const char *openblas_get_config()')();
  return { sgemm, description: `${String(config).trim()} (${file})` };
}
