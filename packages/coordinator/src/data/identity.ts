/** Whether two data sets are the same one, and how they are told apart in sentences. */
import { type DataSetInfo, shortHash } from '@shoal/core';

/** Same bytes, read in the same way: an older release read images with channels last as they are stored. */
export const isSameDataSet = (one: DataSetInfo, other: DataSetInfo): boolean =>
  one.sha256 === other.sha256 && one.shape.join() === other.shape.join();

export const describeDataSet = ({ name, shape, sha256 }: DataSetInfo): string =>
  `${name} (${shape.join(' × ')}, SHA-256 ${shortHash(sha256)}…)`;
