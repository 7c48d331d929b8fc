/** Samples of what is wrong with files: data in IDX format, checkpoints and models, data blocks. */
import type { BlockFact, CheckpointFact, IdxFact } from '../facts/fileFacts.ts';

type FileFact = IdxFact | CheckpointFact | BlockFact;

export const FILE_SAMPLES: {
  readonly [T in FileFact['type']]: readonly Extract<FileFact, { readonly type: T }>[];
} = {
  idxEmpty: [{ type: 'idxEmpty', file: 'a.idx' }],
  idxOther: (
    [
      'gzip',
      'zip',
      'bzip2',
      'xz',
      'zstd',
      '7z',
      'numpy',
      'png',
      'lfsPointer',
      'webPage',
      'littleEndian',
    ] as const
  ).map((content) => ({ type: 'idxOther', file: 'a.idx', content })),
  idxNoMagic: [{ type: 'idxNoMagic', file: 'a.idx', bytes: 3 }],
  idxForeign: [{ type: 'idxForeign', file: 'a.idx', magic: '504b0304' }],
  idxElements: [{ type: 'idxElements', file: 'a.idx', code: 99 }],
  idxFloats: [{ type: 'idxFloats', file: 'a.idx', code: 13 }],
  idxPixel: [{ type: 'idxPixel', file: 'a.idx', code: 11, image: 2, value: '256' }],
  idxLabel: [{ type: 'idxLabel', file: 'a.idx', code: 9, label: 7, value: '-1' }],
  idxLabelColumns: [{ type: 'idxLabelColumns', file: 'a.idx', columns: 10 }],
  idxHeaderCut: [{ type: 'idxHeaderCut', file: 'a.idx', expected: 16, rank: 3, bytes: 9 }],
  idxCut: [{ type: 'idxCut', file: 'a.idx', expected: 28, sizes: [2, 2, 3], bytes: 20 }],
  idxTooLong: [{ type: 'idxTooLong', file: 'a.idx', expected: 28, sizes: [2, 2, 3], bytes: 30 }],
  idxLabelsForImages: [{ type: 'idxLabelsForImages', file: 'a.idx' }],
  idxImagesForLabels: [{ type: 'idxImagesForLabels', file: 'a.idx', rank: 3 }],
  idxImageRank: [{ type: 'idxImageRank', file: 'a.idx', rank: 2 }],
  idxLabelRank: [{ type: 'idxLabelRank', file: 'a.idx', rank: 2 }],
  idxNoPixels: [{ type: 'idxNoPixels', file: 'a.idx', sizes: [0, 28, 28] }],
  idxCounts: [{ type: 'idxCounts', images: 'a.idx', imageCount: 2, labels: 'b.idx', labelCount: 3 }],
  idxShapes: [
    { type: 'idxShapes', train: 'a.idx', trainShape: [1, 2, 3], test: 'b.idx', testShape: [1, 3, 3] },
  ],
  checkpointForeign: ['pt', null].map((format) => ({
    type: 'checkpointForeign',
    format,
    expected: 'shoal-checkpoint-1',
  })),
  checkpointKernels: [{ type: 'checkpointKernels', written: '1-0123', ours: '2-4567' }],
  checkpointSpec: [{ type: 'checkpointSpec', written: 'abababababab', ours: 'cdcdcdcdcdcd' }],
  checkpointDamaged: [{ type: 'checkpointDamaged' }],
  checkpointTensor: [{ type: 'checkpointTensor', tensor: 'dense9.weight' }],
  checkpointVector: [{ type: 'checkpointVector', tensor: 'moment1', dtype: 'F64', shape: [2], length: 3 }],
  checkpointFieldUnread: [{ type: 'checkpointFieldUnread', field: 'progress' }],
  checkpointFieldInvalid: [{ type: 'checkpointFieldInvalid', field: 'progress.step', value: '-1' }],
  modelTensorMissing: [{ type: 'modelTensorMissing', tensor: 'dense1.weight', shape: [2, 3] }],
  modelTensorMisfit: [
    { type: 'modelTensorMisfit', tensor: 'dense1.weight', dtype: 'F64', found: [2], shape: [2, 3] },
  ],
  initialRunUnknown: [{ type: 'initialRunUnknown', run: 'mlp-1', folder: 'runs' }],
  initialRunUnfinished: [{ type: 'initialRunUnfinished', run: 'mlp-1' }],
  initialFileUnknown: [
    { type: 'initialFileUnknown', sha256: '0123456789ab', from: 'mlp-1', folder: 'runs' },
    { type: 'initialFileUnknown', sha256: '0123456789ab', from: '', folder: 'runs' },
  ],
  initialOther: [{ type: 'initialOther', named: '0123456789ab', found: 'ba9876543210' }],
  initialTensorMissing: [
    { type: 'initialTensorMissing', tensor: 'dense4.weight', shape: [10, 3], layer: 4, fitting: 3 },
    { type: 'initialTensorMissing', tensor: 'dense1.weight', shape: [10, 3], layer: 1, fitting: 0 },
  ],
  initialTensorMisfit: [
    {
      ...{ type: 'initialTensorMisfit', tensor: 'dense2.weight', dtype: 'F32', found: [10, 3] },
      ...{ shape: [4, 3], layer: 2, fitting: 1 },
    },
  ],
  initialTensorNotFinite: [{ type: 'initialTensorNotFinite', tensor: 'dense2.weight' }],
  safetensorsShort: [{ type: 'safetensorsShort', bytes: 3 }],
  safetensorsCut: [{ type: 'safetensorsCut', header: '18446744073709551615', bytes: 3 }],
  safetensorsJson: [{ type: 'safetensorsJson' }],
  safetensorsHeader: [{ type: 'safetensorsHeader' }],
  safetensorsMetadata: [{ type: 'safetensorsMetadata' }],
  safetensorsMetadataField: [{ type: 'safetensorsMetadataField', field: 'model' }],
  tensorTypeUnknown: [{ type: 'tensorTypeUnknown', tensor: 'a' }],
  tensorPlaceInvalid: [{ type: 'tensorPlaceInvalid', tensor: 'a' }],
  tensorOverlaps: [{ type: 'tensorOverlaps', tensor: 'a' }],
  tensorGap: [{ type: 'tensorGap', tensor: 'a' }],
  tensorCut: [{ type: 'tensorCut', tensor: 'a', end: 90, bytes: 80 }],
  tensorLength: [{ type: 'tensorLength', tensor: 'a', dtype: 'F32', shape: [2], needed: 8, bytes: 4 }],
  safetensorsRest: [{ type: 'safetensorsRest', bytes: 90, taken: 80 }],
  manifestInvalid: ['', 'blocks.0.from'].map((at) => ({ type: 'manifestInvalid', at, value: '"x"' })),
  manifestTooLarge: [{ type: 'manifestTooLarge', bytes: 90, bytesMax: 80 }],
  manifestBlockMisfit: [
    {
      type: 'manifestBlockMisfit',
      block: 1,
      samples: 2,
      sampleBytes: 5,
      expectedFrom: 4,
      from: 3,
      bytes: 9,
    },
  ],
  manifestCount: [{ type: 'manifestCount', promised: 9, held: 8 }],
  blockUnknown: [{ type: 'blockUnknown', block: 4, blocks: 3 }],
  blockLength: [7, null].map((came) => ({ type: 'blockLength', block: 1, bytes: 8, came })),
  blockDamaged: [{ type: 'blockDamaged', block: 0, found: 'ab12', expected: 'cd34' }],
};
