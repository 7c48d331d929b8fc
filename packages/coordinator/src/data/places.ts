/** Where a data set may lie on this machine: the folders that are looked at, in order. */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** One folder to look at. To the first two kinds the user pointed, so whatever is wrong there is said, never passed over. */
export type Place = {
  readonly kind: 'option' | 'environment' | 'project' | 'cache';
  readonly folder: string;
  /** What pointed there, for sentences: `--data`, `SHOAL_DATA_DIR`, … */
  readonly because: string;
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

/** The folders that may hold a data set, in the order in which they are looked at. */
export const dataPlaces = (options: PlaceOptions): Place[] => {
  const { dataFolder, environment, projectFolder, cacheFolder } = options;
  const places: Place[] = [];
  if (dataFolder !== null) places.push({ kind: 'option', folder: dataFolder, because: '--data' });
  if (environment.SHOAL_DATA_DIR) {
    places.push({ kind: 'environment', folder: environment.SHOAL_DATA_DIR, because: 'SHOAL_DATA_DIR' });
  }
  places.push(
    { kind: 'project', folder: join(projectFolder, 'data'), because: "the project's data folder" },
    { kind: 'cache', folder: cacheFolder, because: "the user's cache folder" },
  );
  return places;
};
