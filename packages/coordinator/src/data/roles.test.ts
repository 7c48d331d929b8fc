import { expect, test } from 'vitest';
import { foreignKindOf, roleOf, spokenRoleOf, stemOf } from './roles.ts';

test.each([
  ['train-images-idx3-ubyte', 'trainImages'],
  ['t10k-labels-idx1-ubyte.gz', 'testLabels'],
  ['emnist-balanced-test-images-idx3-ubyte.gz', 'testImages'],
  ['train-labels.idx1-ubyte', 'trainLabels'],
  ['TRAIN-IMAGES-IDX3-UBYTE.GZ', 'trainImages'],
  ['qmnist-train-images-idx4-ubyte', 'trainImages'],
  ['qmnist-test-labels-idx2-int.gz', 'testLabels'],
  ['train-images-idx3-ubyte.gz.part', null],
  ['train-images-idx3-ubyte.xz', null],
  ['train-images', null],
  ['notes.txt', null],
  ['images-idx3-ubyte', null],
])('%s plays the part %s by its name', (name, role) => {
  expect(roleOf(name)).toBe(role);
});

test('words alone speak of a part, whatever kind of file it is', () => {
  expect(spokenRoleOf('train-images.csv')).toBe('trainImages');
  expect(spokenRoleOf('test_labels')).toBe('testLabels');
  expect(spokenRoleOf('labels')).toBe(null);
});

test('endings say what is no IDX file', () => {
  expect(foreignKindOf('mnist.TAR.GZ')).toMatch(/^an archive/);
  expect(foreignKindOf('train-labels.tsv.gz')).toBe('not in the IDX format');
  expect(foreignKindOf('train-labels-idx1-ubyte.gz')).toBe(null);
  expect(stemOf('Train-Images.GZ')).toBe('train-images');
});
