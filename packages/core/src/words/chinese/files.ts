/** What is wrong with a file or a block of data, in Chinese. */
import type { BlockFact, CheckpointFact, ForeignContent, IdxFact } from '../../facts/fileFacts.ts';
import { shapeText } from '../../nn/shapeText.ts';
import type { Wording } from '../wording.ts';
import { zh } from './zh.ts';

const REPLACE = '请重新下载或复制该文件。';

const ELEMENTS: Readonly<Record<number, string>> = {
  8: '无符号字节',
  9: '有符号字节',
  11: '16 位整数',
  12: '32 位整数',
  13: '32 位浮点数',
  14: '64 位浮点数',
};

const hex = (code: number): string => `0x${code.toString(16).padStart(2, '0')}`;

const unpack = (what: string): string => zh`${what}。请先解压，再指定解压出的文件夹。`;

const CONTENTS: { readonly [C in ForeignContent]: string } = {
  gzip: '仍是 gzip 压缩的。请让文件名以 .gz 结尾，或先解压。',
  zip: unpack('是 zip 压缩包'),
  bzip2: unpack('是用 bzip2 压缩的'),
  xz: unpack('是用 xz 压缩的'),
  zstd: unpack('是用 zstd 压缩的'),
  '7z': unpack('是 7z 压缩包'),
  numpy: '是 NumPy 数组。请转换为 MNIST 所用的 IDX 格式。',
  png: '是 PNG 图片。请把所有图片转换为一个 IDX 文件，即 MNIST 所用的格式。',
  lfsPointer: '只是 Git LFS 指针，而不是文件本身。请在它的来源处运行 git lfs pull，再重新复制该文件。',
  webPage: '是网页，而不是数据。请重新下载该文件：那个地址返回的可能是错误信息或登录页面。',
  littleEndian: '的字节顺序是反的。IDX 文件采用大端序（big-endian）：请按此顺序重新写出。',
};

const times = (sizes: readonly number[]): string => sizes.join(' × ');

const IDX_CHINESE: Wording<IdxFact> = {
  idxEmpty: ({ file }) => zh`${file} 是空文件。${REPLACE}`,
  idxOther: ({ file, content }) => zh`${file} ${CONTENTS[content]}`,
  idxNoMagic: ({ file, bytes }) =>
    zh`${file} 不完整：IDX 文件以 4 字节的魔数（magic number）开头，而它只有 ${bytes} 字节。${REPLACE}`,
  idxForeign: ({ file, magic }) =>
    zh`${file} 不是 IDX 文件：它的魔数（magic number）是 0x${magic}，而应以两个零字节开头。请指定 MNIST 格式的文件。`,
  idxElements: ({ file, code }) =>
    zh`${file} 的元素类型未知（类型代码 ${hex(code)}）：IDX 文件的类型是 0x08、0x09 以及 0x0b 到 0x0e。${REPLACE}`,
  idxFloats: ({ file, code }) =>
    zh`${file} 的元素是${ELEMENTS[code] ?? ''}（类型代码 ${hex(code)}），而像素是 0 到 255 的整数。请转换为无符号字节（0 到 1 的值乘以 255 后取整）。`,
  idxPixel: ({ file, code, image, value }) =>
    zh`${file} 的元素是${ELEMENTS[code] ?? ''}，其中第 ${image} 幅图像有一个像素是 ${value}，而像素是 0 到 255 的整数。请转换为无符号字节。`,
  idxLabel: ({ file, code, label, value }) =>
    zh`${file} 的元素是${ELEMENTS[code] ?? ''}，其中第 ${label} 个标签是 ${value}，而标签是类别编号，即 0 到 255 的整数。请从 0 起给类别编号。`,
  idxLabelColumns: ({ file, columns }) =>
    zh`${file} 的每个样本有 ${columns} 个数，而标签只有一个数，即从 0 起的类别编号，或 QMNIST 的 8 个数，其中第一个是类别。请只写类别（若是独热编码，就写 1 所在的位置）。`,
  idxHeaderCut: ({ file, expected, rank, bytes }) =>
    zh`${file} 的文件头不完整：${rank} 个维度应有 ${expected} 字节，实际只有 ${bytes} 字节。${REPLACE}`,
  idxCut: ({ file, expected, sizes, bytes }) =>
    zh`${file} 不完整：${times(sizes)} 个元素应有 ${expected} 字节，实际只有 ${bytes} 字节。${REPLACE}`,
  idxTooLong: ({ file, expected, sizes, bytes }) =>
    zh`${file} 末尾多出 ${bytes - expected} 字节：${times(sizes)} 个元素应有 ${expected} 字节，实际有 ${bytes} 字节。${REPLACE}`,
  idxLabelsForImages: ({ file }) =>
    zh`${file} 是标签文件（维数为 1），而这里需要图像。请检查图像文件与标签文件的名称是否弄反。`,
  idxImagesForLabels: ({ file, rank }) =>
    zh`${file} 是图像文件（维数为 ${rank}），而这里需要标签。请检查图像文件与标签文件的名称是否弄反。`,
  idxImageRank: ({ file, rank }) =>
    zh`${file} 的维数为 ${rank}，而图像的维数为 3 [count, height, width]（数量、高、宽）或 4 [count, channels, height, width]（数量、通道、高、宽）。请指定图像文件。`,
  idxLabelRank: ({ file, rank }) => zh`${file} 的维数为 ${rank}，而标签的维数为 1。请指定标签文件。`,
  idxNoPixels: ({ file, sizes }) =>
    zh`${file} 没有像素：它的各维长度为 ${times(sizes)}。请指定至少含有一幅图像的文件。`,
  idxCounts: ({ images, imageCount, labels, labelCount }) =>
    zh`${images} 有 ${imageCount} 幅图像，但 ${labels} 有 ${labelCount} 个标签。两个文件必须来自同一个数据集。`,
  idxShapes: ({ train, trainShape, test, testShape }) =>
    zh`${train} 的图像为 ${times(trainShape)}，但 ${test} 的图像为 ${times(testShape)}（通道 × 高 × 宽）。两者必须来自同一个数据集。`,
};

const takeFewer = (fitting: number): string =>
  fitting === 0
    ? '请改用前几层相同的模型文件。'
    : zh`请只取前 ${fitting} 层：initial.layers=${fitting}（--initial-layers ${fitting}）。`;

const ANOTHER = '请重新复制该文件，或换用另一个文件。';
const DAMAGED = zh`文件已损坏。${ANOTHER}`;
const RESUMABLE = '请继续写出它的那次训练，或开始新的训练。';
const CHECKPOINT_DAMAGED = '文件已损坏。请放回它的副本，或开始新的训练。';
const DELIVERED = '请使用训练为这个模型交付的原文件。';

const CHECKPOINT_CHINESE: Wording<CheckpointFact> = {
  checkpointForeign: ({ format, expected }) =>
    zh`这个 safetensors 文件不是训练的检查点（${format === null ? '它没有注明格式' : zh`它的格式是 ${format}`}，应为 ${expected}）。请放回原来的检查点，或开始新的训练。`,
  checkpointKernels: ({ written, ours }) =>
    zh`这个检查点由内核版本 ${written} 计算，而当前版本是 ${ours}：混用会改变结果。请用写出它的版本继续，或开始新的训练。`,
  checkpointSpec: ({ written, ours }) =>
    zh`这个检查点属于另一份训练配置（SHA-256 是 ${written}…，而不是 ${ours}…）。${RESUMABLE}`,
  checkpointDamaged: () => zh`检查点与其校验和不符：${CHECKPOINT_DAMAGED}`,
  checkpointTensor: ({ tensor }) => zh`这个检查点属于另一个模型：当前模型没有张量 ${tensor}。${RESUMABLE}`,
  checkpointVector: ({ tensor, dtype, shape, length }) =>
    zh`这个检查点属于另一个模型：它的 ${tensor} 是 ${dtype}，形状 ${shapeText(shape)}，而不是 F32、形状 [${length}]。${RESUMABLE}`,
  checkpointFieldUnread: ({ field }) => zh`检查点缺少字段 ${field}，或其内容不是 JSON：${CHECKPOINT_DAMAGED}`,
  checkpointFieldInvalid: ({ field, value }) =>
    zh`检查点的字段 ${field} 无效（其值为 ${value}）：${CHECKPOINT_DAMAGED}`,
  modelTensorMissing: ({ tensor, shape }) =>
    zh`这个文件属于另一个模型：它没有形状为 ${shapeText(shape)} 的张量 ${tensor}。${DELIVERED}`,
  modelTensorMisfit: ({ tensor, dtype, found, shape }) =>
    zh`这个文件属于另一个模型：它的张量 ${tensor} 是 ${dtype}，形状 ${shapeText(found)}，而当前模型需要 F32，形状 ${shapeText(shape)}。${DELIVERED}`,
  initialRunUnknown: ({ run, folder }) =>
    zh`${folder} 中没有名为 ${JSON.stringify(run)} 的训练可作为起始模型。请改用另一次训练，或用 --initial 指定一个 safetensors 文件。`,
  initialRunUnfinished: ({ run }) => zh`训练 ${run} 还没有交付可作为起始的模型：请先让它结束。`,
  initialFileUnknown: ({ sha256, from, folder }) =>
    zh`起始模型的文件（SHA-256 为 ${sha256}…${from === '' ? '' : zh`，名为 ${from}`}）不在 ${folder} 的任何训练中：请用 --initial 指定该文件，或改用另一次训练。`,
  initialOther: ({ named, found }) =>
    zh`这不是本次训练的起始模型文件：它的 SHA-256 是 ${found}…，而训练配置写的是 ${named}…。请指定当初的文件，或删去 initial.sha256 以从这个文件开始。`,
  initialTensorMissing: ({ tensor, shape, layer, fitting }) =>
    zh`起始模型不匹配：第 ${layer} 层需要形状为 ${shapeText(shape)} 的张量 ${tensor}，但文件中没有。${takeFewer(fitting)}`,
  initialTensorMisfit: ({ tensor, dtype, found, shape, layer, fitting }) =>
    zh`起始模型在第 ${layer} 层不匹配：文件中的 ${tensor} 是 ${dtype}，形状 ${shapeText(found)}，而当前模型需要 F32，形状 ${shapeText(shape)}。${takeFewer(fitting)}`,
  initialTensorNotFinite: ({ tensor }) =>
    zh`起始模型的张量 ${tensor} 含有无穷大或非数值：请改用更早状态的文件。`,
  safetensorsShort: ({ bytes }) =>
    zh`这不是 safetensors 文件：它只有 ${bytes} 字节，而文件头就需要 8 字节。${ANOTHER}`,
  safetensorsCut: ({ header, bytes }) =>
    zh`这个 safetensors 文件不完整：文件头声称有 ${header} 字节，但后面只有 ${bytes} 字节。${ANOTHER}`,
  safetensorsJson: () => zh`这个 safetensors 文件的文件头不是有效的 JSON：${DAMAGED}`,
  safetensorsHeader: () => zh`这个 safetensors 文件的文件头不是 JSON 对象：${DAMAGED}`,
  safetensorsMetadata: () => zh`这个 safetensors 文件的元数据不是 JSON 对象。${ANOTHER}`,
  safetensorsMetadataField: ({ field }) =>
    zh`这个 safetensors 文件的元数据字段 ${field} 不是文本。${ANOTHER}`,
  tensorTypeUnknown: ({ tensor }) => zh`这个 safetensors 文件的张量 ${tensor} 类型未知。${ANOTHER}`,
  tensorPlaceInvalid: ({ tensor }) =>
    zh`这个 safetensors 文件的张量 ${tensor} 没有有效的形状或位置。${ANOTHER}`,
  tensorOverlaps: ({ tensor }) => zh`这个 safetensors 文件的张量 ${tensor} 与它前面的张量重叠：${DAMAGED}`,
  tensorGap: ({ tensor }) => zh`这个 safetensors 文件的张量 ${tensor} 前面有空隙：${DAMAGED}`,
  tensorCut: ({ tensor, end, bytes }) =>
    zh`张量 ${tensor} 应到第 ${end} 字节为止，但只有 ${bytes} 字节数据：文件被截断了。${ANOTHER}`,
  tensorLength: ({ tensor, dtype, shape, needed, bytes }) =>
    zh`类型为 ${dtype}、形状为 ${shapeText(shape)} 的张量 ${tensor} 需要 ${needed} 字节，但只有 ${bytes} 字节。${ANOTHER}`,
  safetensorsRest: ({ bytes, taken }) =>
    zh`这个 safetensors 文件有 ${bytes} 字节数据，但它的张量只占 ${taken} 字节：${DAMAGED}`,
};

const BLOCK_CHINESE: Wording<BlockFact> = {
  manifestInvalid: ({ at, value }) =>
    zh`数据块清单格式错误${at === '' ? '' : zh`，位于 ${at}`}：此处不能是 ${value}。请重新加载。`,
  manifestTooLarge: ({ bytes, bytesMax }) =>
    zh`数据集有 ${bytes} 字节，超过了允许的 ${bytesMax} 字节。请在训练配置中设置训练样本上限 data.limit。`,
  manifestBlockMisfit: ({ block, samples, sampleBytes, expectedFrom, from, bytes }) =>
    zh`清单中的第 ${block} 块不符：它应从样本 ${expectedFrom} 开始，${samples} 个样本各有 ${sampleBytes} 字节，但它从 ${from} 开始，共有 ${bytes} 字节。请重新加载。`,
  manifestCount: ({ promised, held }) =>
    zh`清单声称有 ${promised} 个样本，但各块只有 ${held} 个。请重新加载。`,
  blockUnknown: ({ block, blocks }) => zh`没有第 ${block} 块：清单只列出 ${blocks} 块。请重新加载。`,
  blockLength: ({ block, bytes, came }) =>
    zh`数据集的第 ${block} 块应有 ${bytes} 字节，但收到的是${came === null ? '别的内容' : zh`${came} 字节`}。请重新获取。`,
  blockDamaged: ({ block, found, expected }) =>
    zh`数据集的第 ${block} 块已损坏：它的 SHA-256 是 ${found}，而不是 ${expected}。请重新获取。`,
};

export const FILES_CHINESE: Wording<IdxFact | CheckpointFact | BlockFact> = {
  ...IDX_CHINESE,
  ...CHECKPOINT_CHINESE,
  ...BLOCK_CHINESE,
};
