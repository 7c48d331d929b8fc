/** Looks for a data set in a folder and, when it holds none itself, in the folders below it. */
import { join, relative, resolve, sep } from 'node:path';
import { contentOf, type FolderFinding, findIdxFiles, type IdxPaths } from './idxFolder.ts';

/** So deep lie the layouts that programs make, such as torchvision's data/MNIST/raw. */
const DEPTH_MAX = 3;
/** Somebody may point to a folder that holds everything: a look into so many must do. */
const FOLDERS_MAX = 200;

export type FoundFolder = { readonly folder: string; readonly paths: IdxPaths };

export type FolderSearch =
  | ({ readonly state: 'found' } & FoundFolder)
  | Exclude<FolderFinding, { readonly state: 'found' }>;

/** The folders below, level by level, each level sorted; without `except` and what is in it. */
const foldersBelow = async (folder: string, except: string): Promise<string[]> => {
  const all: string[] = [];
  let level = [folder];
  for (let depth = 0; depth < DEPTH_MAX && level.length > 0; depth += 1) {
    const next: string[] = [];
    for (const one of level) {
      const { folders } = await contentOf(one).catch(() => ({ folders: [] }));
      for (const name of folders) {
        const path = join(one, name);
        if (name === 'node_modules' || resolve(path) === resolve(except)) continue;
        if (all.length + next.length < FOLDERS_MAX) next.push(path);
      }
    }
    all.push(...next);
    level = next;
  }
  return all;
};

const isCalledMnist = (folder: string, root: string): boolean =>
  relative(root, folder).toLowerCase().split(sep).includes('mnist');

/** The complete data sets below the folder. */
const setsBelow = async (root: string, except: string): Promise<FoundFolder[]> => {
  const found: FoundFolder[] = [];
  for (const folder of await foldersBelow(root, except)) {
    const finding = await findIdxFiles(folder);
    if (finding.state === 'found') found.push({ folder, paths: finding.paths });
  }
  return found;
};

/** The complete data sets in folders called MNIST below this one. */
export const mnistBelow = async (root: string, except: string): Promise<FoundFolder[]> =>
  (await setsBelow(root, except)).filter(({ folder }) => isCalledMnist(folder, root));

/**
 * The one data set in a folder that the user pointed to, or below it. `mnistFirst`: among several below, one in a
 * folder called MNIST is meant. `except` is the cache, which may lie there, and whose halves of downloads are no data.
 */
export const searchFolder = async (
  folder: string,
  mnistFirst: boolean,
  except: string,
): Promise<FolderSearch> => {
  const finding = await findIdxFiles(folder);
  if (finding.state === 'found') return { state: 'found', folder, paths: finding.paths };
  if (finding.state === 'unclear' || !finding.exists) return finding;
  const below = await setsBelow(folder, except);
  const meant = mnistFirst ? below.filter((one) => isCalledMnist(one.folder, folder)) : [];
  const [only, ...more] = meant.length === 1 ? meant : below;
  if (only !== undefined && more.length === 0) return { state: 'found', ...only };
  if (only !== undefined) {
    const names = below.map((one) => relative(folder, one.folder)).join(', ');
    return {
      state: 'unclear',
      reason: `it holds no IDX files itself, but there are several data sets below it: ${names}. Choose one of these folders`,
    };
  }
  for (const one of await foldersBelow(folder, except)) {
    const half = await findIdxFiles(one);
    if (half.state === 'unclear') {
      return {
        state: 'unclear',
        reason: `it holds no IDX files itself, and of ${relative(folder, one)}: ${half.reason}`,
      };
    }
  }
  return finding;
};
