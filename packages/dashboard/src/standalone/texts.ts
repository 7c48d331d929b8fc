/** The words of the page that a model is exported to. */
import type { Language } from '../shared/language.ts';

const en = {
  title: (name: string) => `A model for ${name}`,
  about: 'It was trained with Shoal and runs here, in this page: nothing is sent anywhere.',
  draw: 'Draw here',
  clear: 'Clear',
  choose: 'Or choose a picture (PNG, JPEG …)',
  chooseOnly: 'Choose a picture (PNG, JPEG …)',
  inverted: 'The picture is dark on light: swap both',
  values: 'Values, with spaces or commas between them',
  answer: 'What the model says',
  nothing: 'Nothing yet.',
  predicts: (label: string) => `${label}:`,
  wrongCount: (wanted: number, given: number) => `The model takes ${wanted} values; there are ${given}.`,
  noPicture: 'That file is no picture that this browser can read.',
  missing: 'unknown',
};

const zh: typeof en = {
  title: (name) => `${name} 的模型`,
  about: '模型由 Shoal 训练，就在本页中运行：不会向任何地方发送数据。',
  draw: '在这里画',
  clear: '清除',
  choose: '或选择一张图片（PNG、JPEG 等）',
  chooseOnly: '选择一张图片（PNG、JPEG 等）',
  inverted: '图片是浅底深字：互换明暗',
  values: '数值，用空格或逗号分隔',
  answer: '模型的回答',
  nothing: '还没有。',
  predicts: (label) => `${label}：`,
  wrongCount: (wanted, given) => `模型需要 ${wanted} 个数值，现在有 ${given} 个。`,
  noPicture: '这个文件不是浏览器能读取的图片。',
  missing: '未知',
};

export const texts: Readonly<Record<Language, typeof en>> = { en, zh };
