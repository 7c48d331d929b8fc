/** Fields of the run spec that are one of a few words, and those that may be left open. */

export const CHOICES: Readonly<Record<string, readonly string[]>> = {
  numerics: ['exact', 'fast'],
  'data.source': ['mnist', 'idx', 'digits', 'table'],
  'data.table': ['and', 'or', 'not', 'xor'],
  'model.loss': ['cross_entropy', 'mse', 'perceptron'],
  'optimizer.type': ['sgd', 'momentum', 'nesterov', 'adagrad', 'rmsprop', 'adam', 'adamw'],
  'schedule.type': ['constant', 'step', 'exponential', 'inverse_sqrt', 'cosine'],
  'schedule.unit': ['step', 'epoch'],
  'earlyStopping.metric': ['validationLoss', 'validationAccuracy', 'trainLoss', 'trainErrors'],
};

/** Null where nothing is written. */
export const NULLABLE: ReadonlySet<string> = new Set([
  'data.limit',
  'schedule.steps',
  'clip.value',
  'clip.norm',
  'earlyStopping.target',
]);

/** All else that is typed is a number. */
export const TEXTS: ReadonlySet<string> = new Set(['name', 'about']);
