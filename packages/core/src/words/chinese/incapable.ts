/** Why a run cannot be computed on this device, in Chinese. */
import type { IncapableFact } from '../../facts/connectionFacts.ts';
import { mebibytes } from '../figures.ts';
import type { Wording } from '../wording.ts';
import { zh } from './zh.ts';

export const INCAPABLE_CHINESE: Wording<IncapableFact> = {
  modelExceedsMemory: ({ bytes, bytesMax, threads }) =>
    zh`这次训练的模型用 ${threads} 个线程大约需要 ${mebibytes(bytes)} 内存，而这台设备只提供 ${mebibytes(bytesMax)}。请减少线程；如果信任协调器，也可以用 --memory 提供更多。`,
  leaseExceedsMemory: ({ lease, bytes, held, bytesMax }) =>
    zh`任务 ${lease} 除已占用的 ${mebibytes(held)} 外大约还需要 ${mebibytes(bytes)} 内存，而这台设备只提供 ${mebibytes(bytesMax)}。如果信任协调器，可以用 --memory 提供更多。`,
  runNotUnderstood: ({ address }) =>
    zh`这台设备无法计算位于 ${address} 的训练：它与协调器的 Shoal 版本不同。请重新加载页面，或安装相同的版本。`,
  engineFails: ({ engine, times, reason }) =>
    zh`这台设备无法计算：计算引擎${engine ?? ''}连续 ${times} 次失败，最后一次的错误信息是“${reason}”。请更新浏览器或 Shoal。`,
};
