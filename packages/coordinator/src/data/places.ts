/** Where a data set may lie on this machine: the folders that are looked at, in order. */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** One folder to look at. `named`: the user pointed to it, so whatever is wrong in it is said, never passed over. */
export type Place = {
  readonly folder: string;
  /** What pointed there, for sentences: `--data`, `SHOAL_DATA_DIR`, … */
  readonly because: string;
  readonly named: boolean;
};

/**
 * The folder for what can be fetched again, by each platform's custom: `%LOCALAPPDATA%\shoal\Cache`,
 * `~/Library/Caches/shoal`, or `$XDG_CACHE_HOME/shoal` (which counts only when absolute) and `~/.cache/shoal`.
 */
export const userCacheFolder = (
  environment: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string => {
  if (platform === 'win32') {
    return join(environment.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'shoal', 'Cache');
  }
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'shoal');
  const xdg = environment.XDG_CACHE_HOME;
  return join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, '.cache'), 'shoal');
};

export type PlaceOptions = {
  /** The folder of `--data`; null when not given. */
  readonly dataFolder: string | null;
  /** The folder whose `data` subfolder is the project's. */
  readonly projectFolder: string;
  readonly cacheFolder: string;
  readonly environment: Environment;
};

/** The folders for MNIST; in each of them, a subfolder `mnist` counts as well. */
export const mnistPlaces = (options: PlaceOptions): Place[] => {
  const { dataFolder, environment, projectFolder, cacheFolder } = options;
  const places: Place[] = [];
  const add = (folder: string, because: string, named: boolean): void => {
    places.push({ folder, because, named }, { folder: join(folder, 'mnist'), because, named });
  };
  if (dataFolder !== null) add(dataFolder, '--data', true);
  if (environment.SHOAL_DATA_DIR) add(environment.SHOAL_DATA_DIR, 'SHOAL_DATA_DIR', true);
  add(join(projectFolder, 'data'), "the project's data folder", false);
  add(cacheFolder, "the user's cache folder", false);
  return places;
};
