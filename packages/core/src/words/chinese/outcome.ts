/** How a run ended by itself and what its records show, in Chinese. */
import type { CompletedFact, DivergedFact, OutcomeFact } from '../../facts/outcomeFacts.ts';
import { percent, short } from '../figures.ts';
import type { Wording } from '../wording.ts';
import { COMPLETED_CHINESE } from './completed.ts';
import { chineseTerm } from './terms.ts';
import { zh } from './zh.ts';

type Guessed = { readonly epochs: number; readonly trainLoss: number; readonly guessing: number };

const nothing = ({ epochs, trainLoss, guessing }: Guessed): string =>
  zh`训练 ${epochs} 轮后，训练损失为 ${short(trainLoss)}，并不比随机猜测（${short(guessing)}）好`;

export const OUTCOME_CHINESE: Wording<CompletedFact | DivergedFact | OutcomeFact> = {
  ...COMPLETED_CHINESE,
  notSeparable: ({ table }) =>
    zh`真值表 ${table}（${chineseTerm('table', table) ?? table}）不是线性可分的（not linearly separable）：没有一条直线能把它的两类分开，而单个神经元只能画出一条直线，所以无论训练多久，总有某一行是错的。加一个隐藏层（hidden layer）即可解决。`,
  learnedNothing: (fact) => zh`${nothing(fact)}。`,
  overshot: (fact) =>
    zh`${nothing(fact)}，其间曾高达 ${short(fact.worst)}：学习率 optimizer.lr 为 ${fact.learningRate} 时每一步都迈得过大，把权重甩到了学不到东西的地方。请使用更小的学习率。`,
  gradientVanished: ({ last, first, ...fact }) =>
    zh`${nothing(fact)}：梯度在反向传播中消失（vanishing gradient），范数从 ${last.layer} 处的 ${short(last.norm)} 降到 ${first.layer} 处的 ${short(first.norm)}，因此靠前的层学不到东西。使用线性整流单元 relu 可以让梯度保持下去。`,
  stillFalling: ({ first, last, learningRate }) =>
    zh`训练结束时，训练损失仍在稳定下降，从第 ${first.epoch} 轮的 ${short(first.trainLoss)} 只降到第 ${last.epoch} 轮的 ${short(last.trainLoss)}：对这么少的步数来说，学习率 optimizer.lr 为 ${learningRate} 太小了。请使用更大的学习率，或训练更多轮。`,
  overfitted: ({ bestEpoch, validationLoss, trainLoss, trainAccuracy, validationAccuracy }) =>
    zh`出现过拟合（overfitting）：自第 ${bestEpoch} 轮起，验证损失从 ${short(validationLoss.best)} 升到 ${short(validationLoss.last)}，而训练损失从 ${short(trainLoss.best)} 降到 ${short(trainLoss.last)}；训练样本的准确率为 ${percent(trainAccuracy)}，而留出样本只有 ${percent(validationAccuracy)}。`,
};
