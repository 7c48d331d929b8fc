/**
 * What a volunteer is told about privacy before joining, in both languages. `docs/privacy.md` says the same at length,
 * and a test holds it to these very sentences.
 */

export type PrivacySentences = {
  /** What this device is shown. */
  readonly shown: string;
  /** What the coordinator and those who watch learn. */
  readonly learned: string;
  readonly address: string;
  readonly kept: string;
  readonly trained: string;
};

export const PRIVACY_TEXTS: { readonly en: PrivacySentences; readonly zh: PrivacySentences } = {
  en: {
    shown: 'This device is shown the model, its parameters and the training data, and nothing else.',
    learned:
      'Everyone who watches the run sees your name if you give one, the kind of browser, the number of threads, how fast this device computes, and its share of the work.',
    address:
      'Your network address stays in the coordinator’s memory, to keep out floods, and is forgotten a few minutes after you leave; it is never shown, logged or written to disk.',
    kept: 'No cookie is set and no file, location or history is read; this tab remembers its settings until you close it.',
    trained: 'What you compute becomes part of the trained model and cannot be taken out again.',
  },
  zh: {
    shown: '这台设备会看到模型、模型参数和训练数据，除此之外什么也看不到。',
    learned:
      '所有观看训练的人都能看到你的名字（如果你填写了）、浏览器种类、线程数、这台设备的计算速度以及它承担的份额。',
    address:
      '你的网络地址只保存在协调器的内存中，用来防止恶意的大量连接，在你离开几分钟后就会被忘记；它不会显示，不会记入日志，也不会写入磁盘。',
    kept: '不设置 Cookie，不读取任何文件、位置或浏览记录；此标签页会记住它的设置，直到你关闭它。',
    trained: '你计算的结果会成为训练好的模型的一部分，无法再取出。',
  },
};
