/** How a run came to its end by itself, in Chinese. */
import type { CompletedFact, DivergedFact } from '../../facts/outcomeFacts.ts';
import type { Wording } from '../wording.ts';
import { zh } from './zh.ts';

export const COMPLETED_CHINESE: Wording<CompletedFact | DivergedFact> = {
  nothingToTrain: () => '没有进行训练：配置要求训练 0 轮。',
  epochsDone: ({ epochs }) => (epochs === 1 ? '一轮训练已完成。' : zh`全部 ${epochs} 轮训练已完成。`),
  diverged: ({ epoch, step, learningRate }) =>
    zh`在第 ${step} 步（第 ${epoch} 轮），损失或梯度不再是有限的数，训练已发散。请尝试小于 ${learningRate} 的学习率 optimizer.lr，或裁剪梯度（clip.norm）。`,
};
