/** What is wrong with a file or a block of data, in English. */
import type { BlockFact, CheckpointFact, ForeignContent, IdxFact } from '../../facts/fileFacts.ts';
import { shapeText } from '../../nn/shapeText.ts';
import { type Wording, worded } from '../wording.ts';

const REPLACE = 'Download or copy the file again.';

const ELEMENTS: Readonly<Record<number, string>> = {
  8: 'unsigned bytes',
  9: 'signed bytes',
  11: '16-bit integers',
  12: '32-bit integers',
  13: '32-bit floats',
  14: '64-bit floats',
};

const hex = (code: number): string => `0x${code.toString(16).padStart(2, '0')}`;

const unpack = (what: string): string => `${what}. Unpack it, and point to the folder of what was in it.`;

const CONTENTS: { readonly [C in ForeignContent]: string } = {
  gzip: 'still gzip-compressed. Let its name end in .gz, or unpack it.',
  zip: unpack('a ZIP archive'),
  bzip2: unpack('compressed with bzip2'),
  xz: unpack('compressed with xz'),
  zstd: unpack('compressed with zstd'),
  '7z': unpack('a 7z archive'),
  numpy: 'a NumPy array. Convert it to IDX, the format of MNIST.',
  png: 'a PNG picture. Convert the pictures to one IDX file, the format of MNIST.',
  lfsPointer:
    'a Git LFS pointer, not the file itself. Run git lfs pull where it came from, and copy the file again.',
  webPage:
    'a web page, not data. Download the file again: the address probably answered with an error or a page to log in.',
  littleEndian: 'written with its bytes in reverse order. IDX files are big-endian: write it again that way.',
};

const times = (sizes: readonly number[]): string => sizes.join(' × ');

export const IDX_ENGLISH: Wording<IdxFact> = {
  idxEmpty: ({ file }) => `${file} is empty. ${REPLACE}`,
  idxOther: ({ file, content }) => `${file} is ${CONTENTS[content]}`,
  idxNoMagic: ({ file, bytes }) =>
    `${file} is truncated: an IDX file begins with 4 bytes of magic number, this one has ${bytes}. ${REPLACE}`,
  idxForeign: ({ file, magic }) =>
    `${file} is not an IDX file: its magic number is 0x${magic}, which should begin with two zero bytes. ` +
    'Point to a file in the format of MNIST.',
  idxElements: ({ file, code }) =>
    `${file} holds elements of an unknown type (type code ${hex(code)}): IDX files have ` +
    `types 0x08, 0x09 and 0x0b to 0x0e. ${REPLACE}`,
  idxFloats: ({ file, code }) =>
    `${file} holds ${ELEMENTS[code]} (type code ${hex(code)}), but pixels are whole numbers of 0 to 255. ` +
    'Convert it to unsigned bytes (values of 0 to 1 are multiplied by 255 and rounded).',
  idxPixel: ({ file, code, image, value }) =>
    `${file} holds ${ELEMENTS[code]}, and image ${image} has a pixel of ${value}, but ` +
    'pixels are whole numbers of 0 to 255. Convert it to unsigned bytes.',
  idxLabel: ({ file, code, label, value }) =>
    `${file} holds ${ELEMENTS[code]}, and label ${label} is ${value}, but labels are classes, whole numbers of 0 to 255. ` +
    'Number the classes from 0.',
  idxLabelColumns: ({ file, columns }) =>
    `${file} has ${columns} numbers for each sample, but labels have one, its class from 0, or the 8 ` +
    'of QMNIST, the first of which is the class. Write the class alone (the place of the 1, if these are one-hot).',
  idxHeaderCut: ({ file, expected, rank, bytes }) =>
    `${file} is truncated in its header: expected ${expected} bytes for ${rank} dimensions, has ${bytes}. ${REPLACE}`,
  idxCut: ({ file, expected, sizes, bytes }) =>
    `${file} is truncated: expected ${expected} bytes for ${times(sizes)} elements, has ${bytes}. ${REPLACE}`,
  idxTooLong: ({ file, expected, sizes, bytes }) =>
    `${file} has ${bytes - expected} bytes too many at its end: expected ${expected} bytes for ` +
    `${times(sizes)} elements, has ${bytes}. ${REPLACE}`,
  idxLabelsForImages: ({ file }) =>
    `${file} holds labels (rank 1), but images were expected. Check that the image and label files have not changed names.`,
  idxImagesForLabels: ({ file, rank }) =>
    `${file} holds images (rank ${rank}), but labels were expected. Check that the image and label files have not changed names.`,
  idxImageRank: ({ file, rank }) =>
    `${file} has rank ${rank}, but images have rank 3 [count, height, width] or 4 [count, channels, ` +
    'height, width]. Point to an image file.',
  idxLabelRank: ({ file, rank }) =>
    `${file} has rank ${rank}, but labels have rank 1. Point to a label file.`,
  idxNoPixels: ({ file, sizes }) =>
    `${file} holds no pixels: its sizes are ${times(sizes)}. Point to a file with at least one image.`,
  idxCounts: ({ images, imageCount, labels, labelCount }) =>
    `${images} holds ${imageCount} images, but ${labels} holds ${labelCount} labels. Both files must come ` +
    'from the same set.',
  idxShapes: ({ train, trainShape, test, testShape }) =>
    `${train} has images of ${times(trainShape)}, but ${test} of ${times(testShape)} ` +
    '(channels × height × width). Both must come from the same set.',
};

const ANOTHER = 'Copy the file again, or take another.';
const DAMAGED = `the file is damaged. ${ANOTHER}`;
const RESUMABLE = 'Resume the run it was written by, or start a new one.';
const CHECKPOINT_DAMAGED = 'the file is damaged. Put a copy back, or start a new run.';
const DELIVERED = 'Take a file as a run delivered it for this model.';

/** @param fitting layers that could be taken */
function takeFewer(fitting: number): string {
  if (fitting === 0) return 'Begin with a file of a model whose first layers are the same.';
  return fitting === 1
    ? 'Take the first layer alone: initial.layers=1 (--initial-layers 1).'
    : `Take the first ${fitting} layers: initial.layers=${fitting} (--initial-layers ${fitting}).`;
}

export const CHECKPOINT_ENGLISH: Wording<CheckpointFact> = {
  checkpointForeign: ({ format, expected }) =>
    `This safetensors file is no checkpoint of a run (its format is ${format ?? 'not given'}, not ${expected}). Put the checkpoint back, or start a new run.`,
  checkpointKernels: ({ written, ours }) =>
    `The checkpoint was computed by kernel build ${written}, but this is build ${ours}: ` +
    'mixing them would change the result. Resume with the version that wrote it, or start a new run.',
  checkpointSpec: ({ written, ours }) =>
    `The checkpoint belongs to another run spec (SHA-256 ${written}…, not ${ours}…). ${RESUMABLE}`,
  checkpointDamaged: () => `The checkpoint does not match its checksums: ${CHECKPOINT_DAMAGED}`,
  checkpointTensor: ({ tensor }) =>
    `The checkpoint belongs to another model: this one has no tensor ${tensor}. ${RESUMABLE}`,
  checkpointVector: ({ tensor, dtype, shape, length }) =>
    `The checkpoint belongs to another model: its ${tensor} is ${dtype} of shape ${shapeText(shape)}, ` +
    `not F32 of shape [${length}]. ${RESUMABLE}`,
  checkpointFieldUnread: ({ field }) =>
    `The checkpoint's field ${field} is missing or not JSON: ${CHECKPOINT_DAMAGED}`,
  checkpointFieldInvalid: ({ field, value }) =>
    `The checkpoint's field ${field} is not valid (it is ${value}): ${CHECKPOINT_DAMAGED}`,
  modelTensorMissing: ({ tensor, shape }) =>
    `The file belongs to another model: it has no tensor ${tensor} of shape ${shapeText(shape)}. ${DELIVERED}`,
  modelTensorMisfit: ({ tensor, dtype, found, shape }) =>
    `The file belongs to another model: its tensor ${tensor} is ${dtype} of shape ` +
    `${shapeText(found)}, but this model needs F32 of shape ${shapeText(shape)}. ${DELIVERED}`,
  initialRunUnknown: ({ run, folder }) =>
    `There is no run ${JSON.stringify(run)} in ${folder} to begin with. Name another, or a safetensors file with --initial.`,
  initialRunUnfinished: ({ run }) =>
    `The run ${run} has delivered no model to begin with yet: let it end first.`,
  initialFileUnknown: ({ sha256, from, folder }) =>
    `The run begins with the file of SHA-256 ${sha256}…${from === '' ? '' : `, ${from}`}, which no run in ${folder} has delivered or begun with: name the file with --initial, or another run.`,
  initialOther: ({ named, found }) =>
    `This is not the file that the run is to begin with: its SHA-256 is ${found}…, but the spec names ${named}…. ` +
    'Name the file that the spec was written for, or leave initial.sha256 out to begin with this one.',
  initialTensorMissing: ({ tensor, shape, layer, fitting }) =>
    `The model to begin with does not fit: layer ${layer} needs the tensor ${tensor} of shape ${shapeText(shape)}, which the file does not have. ${takeFewer(fitting)}`,
  initialTensorMisfit: ({ tensor, dtype, found, shape, layer, fitting }) =>
    `The model to begin with does not fit at layer ${layer}: the file has ${tensor} as ${dtype} of shape ${shapeText(found)}, ` +
    `but this model needs F32 of shape ${shapeText(shape)}. ${takeFewer(fitting)}`,
  initialTensorNotFinite: ({ tensor }) =>
    `The tensor ${tensor} of the model to begin with has values that are infinite or not a number: begin with a file of an earlier state.`,
  safetensorsShort: ({ bytes }) =>
    `This is no safetensors file: it has ${bytes} bytes, and its header needs 8. ${ANOTHER}`,
  safetensorsCut: ({ header, bytes }) =>
    `This is no whole safetensors file: its header claims ${header} bytes, but ${bytes} follow. ${ANOTHER}`,
  safetensorsJson: () => `The header of this safetensors file is not valid JSON: ${DAMAGED}`,
  safetensorsHeader: () => `The header of this safetensors file is not a JSON object: ${DAMAGED}`,
  safetensorsMetadata: () => `The metadata of this safetensors file is not a JSON object. ${ANOTHER}`,
  safetensorsMetadataField: ({ field }) =>
    `The metadata field ${field} of this safetensors file is not text. ${ANOTHER}`,
  tensorTypeUnknown: ({ tensor }) =>
    `Tensor ${tensor} of this safetensors file has no known type. ${ANOTHER}`,
  tensorPlaceInvalid: ({ tensor }) =>
    `Tensor ${tensor} of this safetensors file has no valid shape or place. ${ANOTHER}`,
  tensorOverlaps: ({ tensor }) =>
    `Tensor ${tensor} of this safetensors file overlaps the tensor before it: ${DAMAGED}`,
  tensorGap: ({ tensor }) => `Tensor ${tensor} of this safetensors file leaves a gap before it: ${DAMAGED}`,
  tensorCut: ({ tensor, end, bytes }) =>
    `Tensor ${tensor} ends at byte ${end}, but only ${bytes} bytes of data are there: the file was cut short. ${ANOTHER}`,
  tensorLength: ({ tensor, dtype, shape, needed, bytes }) =>
    `Tensor ${tensor} of type ${dtype} and shape ${shapeText(shape)} needs ${needed} bytes, but has ${bytes}. ${ANOTHER}`,
  safetensorsRest: ({ bytes, taken }) =>
    `This safetensors file has ${bytes} bytes of data, but its tensors take ${taken}: ${DAMAGED}`,
};

export const BLOCK_ENGLISH: Wording<BlockFact> = {
  manifestInvalid: ({ at, value }) =>
    `The manifest of the data blocks is malformed${at === '' ? '' : ` at ${at}`}: it cannot be ${value} there. Reload it.`,
  manifestTooLarge: ({ bytes, bytesMax }) =>
    `The data set has ${bytes} bytes, more than the ${bytesMax} allowed. Set data.limit in the run spec.`,
  manifestBlockMisfit: ({ block, samples, sampleBytes, expectedFrom, from, bytes }) =>
    `Block ${block} of the manifest does not fit: it should begin with sample ${expectedFrom} and have ${sampleBytes} bytes ` +
    `for each of its ${samples} samples, but begins with ${from} and has ${bytes}. Reload it.`,
  manifestCount: ({ promised, held }) =>
    `The manifest promises ${promised} samples, but its blocks hold ${held}. Reload it.`,
  blockUnknown: ({ block, blocks }) => `There is no block ${block}: the manifest lists ${blocks}. Reload it.`,
  blockLength: ({ block, bytes, came }) =>
    `Block ${block} of the data set should be ${bytes} bytes, but ${came === null ? 'something else' : `${came} bytes`} came. Fetch it again.`,
  blockDamaged: ({ block, found, expected }) =>
    `Block ${block} of the data set is damaged: its SHA-256 is ${found}, not ${expected}. Fetch it again.`,
};

export const idxInEnglish = (fact: IdxFact): string => worded(IDX_ENGLISH, fact);
export const checkpointInEnglish = (fact: CheckpointFact): string => worded(CHECKPOINT_ENGLISH, fact);
export const blockInEnglish = (fact: BlockFact): string => worded(BLOCK_ENGLISH, fact);
