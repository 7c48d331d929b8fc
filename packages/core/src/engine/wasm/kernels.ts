/** The kernels as typed functions. Addresses are bytes, sizes are elements unless named otherwise; see assembly/. */

/** A byte address in the linear memory. */
export type Address = number;

type Elementwise = (x: Address, y: Address, bytes: number) => void;
type ElementwiseBackward = (saved: Address, dy: Address, dx: Address, bytes: number) => void;
type LossKernel = (
  z: Address,
  dz: Address,
  labels: Address,
  outputs: number,
  groups: number,
  count: number,
) => number;

/** height, width, outHeight, outWidth, sizeY, sizeX, stepY, stepX */
type PoolGeometry = [number, number, number, number, number, number, number, number];

export type WindowGeometry = [
  channels: number,
  height: number,
  width: number,
  kernelY: number,
  kernelX: number,
  outHeight: number,
  outWidth: number,
  stepY: number,
  stepX: number,
  padY: number,
  padX: number,
];

type PooledSizes = [
  filters: number,
  depth: number,
  groups: number,
  xGroup: number,
  offsets: Address,
  width: number,
  yStep: number,
  xStep: number,
  outHeight: number,
  outWidth: number,
  sizeY: number,
  sizeX: number,
];

type WinogradSizes = [
  filters: number,
  channels: number,
  groups: number,
  height: number,
  width: number,
  outHeight: number,
  outWidth: number,
  padY: number,
  padX: number,
  tile: number,
  chunk: number,
];

export type Kernels = {
  pack8(plain: Address, packed: Address, features: number, count: number): void;
  unpack8(packed: Address, plain: Address, features: number, count: number): void;

  packA(
    source: Address,
    bias: Address,
    packed: Address,
    rows: number,
    outer: number,
    inner: number,
    rowStride: number,
    outerStride: number,
    innerStride: number,
  ): void;
  gemm(
    packed: Address,
    b: Address,
    c: Address,
    rows: number,
    depth: number,
    groups: number,
    bGroup: number,
    cGroup: number,
    relu: number,
  ): void;
  gemmWindows(
    packed: Address,
    b: Address,
    c: Address,
    rows: number,
    depth: number,
    groups: number,
    bGroup: number,
    offsets: Address,
    height: number,
    width: number,
    yStep: number,
    xStep: number,
    relu: number,
  ): void;
  bytesToPixels(bytes: Address, plain: Address, length: number): void;
  denseWeightGradient(
    dy: Address,
    x: Address,
    room: Address,
    places: Address,
    dw: Address,
    units: number,
    inputs: number,
    groups: number,
    dyGroup: number,
    xGroup: number,
    add: number,
  ): void;
  findNonzeros(x: Address, rows: Address, byGroup: Address, inputs: number, groups: number): number;
  gemmSparse(
    packed: Address,
    b: Address,
    byGroup: Address,
    c: Address,
    rows: number,
    depth: number,
    groups: number,
    relu: number,
  ): void;
  convWeightGradient(
    dy: Address,
    x: Address,
    dw: Address,
    filters: number,
    depth: number,
    groups: number,
    xGroup: number,
    offsets: Address,
    height: number,
    width: number,
    yStep: number,
    xStep: number,
    add: number,
  ): void;
  winogradFilters(
    w: Address,
    flat: Address,
    packed: Address,
    packedBack: Address,
    filters: number,
    channels: number,
    tile: number,
  ): void;
  winogradForward(
    packed: Address,
    bias: Address,
    x: Address,
    v: Address,
    m: Address,
    y: Address,
    ...sizes: [...WinogradSizes, relu: number]
  ): void;
  winogradBackward(
    packedBack: Address,
    dy: Address,
    v: Address,
    n: Address,
    dv: Address,
    du: Address,
    room: Address,
    dw: Address,
    dx: Address,
    ...sizes: WinogradSizes
  ): void;
  biasGradient(dy: Address, db: Address, rows: number, area: number, groups: number): void;

  valuesToColumns(values: Address, columns: Address, rows: number, groups: number): void;
  columnsToValues(
    columns: Address,
    values: Address,
    bias: Address,
    rows: number,
    groups: number,
    relu: number,
  ): void;
  biasPlanes(y: Address, bias: Address, filters: number, area: number, relu: number): void;
  imageToColumns(x: Address, columns: Address, ...geometry: WindowGeometry): void;
  columnsToImage(columns: Address, dx: Address, ...geometry: WindowGeometry): void;

  place(
    src: Address,
    dst: Address,
    planes: number,
    height: number,
    width: number,
    toHeight: number,
    toWidth: number,
    offY: number,
    offX: number,
    stepY: number,
    stepX: number,
  ): void;
  /** `outPlane`: bytes between planes of the output. */
  maxPool(
    x: Address,
    y: Address,
    arg: Address,
    planes: number,
    ...sizes: [...PoolGeometry, relu: number, outPlane: number]
  ): void;
  maxPoolBackward(
    dy: Address,
    arg: Address,
    dx: Address,
    planes: number,
    ...sizes: [...PoolGeometry, outPlane: number]
  ): void;
  pooledConvolution(
    packed: Address,
    x: Address,
    rows: Address,
    y: Address,
    arg: Address,
    ...sizes: [...PooledSizes, relu: number]
  ): void;
  pooledConvolutionBackward(
    dy: Address,
    arg: Address,
    x: Address,
    rows: Address,
    dw: Address,
    db: Address,
    ...sizes: PooledSizes
  ): void;
  avgPool(x: Address, y: Address, planes: number, ...geometry: PoolGeometry): void;
  avgPoolBackward(dy: Address, dx: Address, planes: number, ...geometry: PoolGeometry): void;
  add(a: Address, b: Address, c: Address, bytes: number): void;
  copy(from: Address, to: Address, bytes: number): void;
  clear(to: Address, bytes: number): void;
  isFinite(from: Address, length: number): number;

  relu: Elementwise;
  reluBackward: ElementwiseBackward;
  sigmoid: Elementwise;
  sigmoidBackward: ElementwiseBackward;
  tanh: Elementwise;
  tanhBackward: ElementwiseBackward;
  gelu: Elementwise;
  geluBackward: ElementwiseBackward;
  step: Elementwise;
  leakyRelu(x: Address, y: Address, bytes: number, slope: number): void;
  leakyReluBackward(x: Address, dy: Address, dx: Address, bytes: number, slope: number): void;
  prelu(x: Address, y: Address, bytes: number, slope: Address): void;
  preluBackward(
    x: Address,
    dy: Address,
    dx: Address,
    bytes: number,
    slope: Address,
    slopeGradient: Address,
  ): void;
  softmax(x: Address, y: Address, features: number, groups: number): void;
  softmaxBackward(y: Address, dy: Address, dx: Address, features: number, groups: number): void;

  dropout(
    x: Address,
    y: Address,
    features: number,
    groups: number,
    count: number,
    samples: Address,
    seed: number,
    layer: number,
    epoch: number,
    threshold: number,
    scale: number,
  ): void;

  batchNorm(
    x: Address,
    y: Address,
    scale: Address,
    shift: Address,
    runningMean: Address,
    runningVar: Address,
    meanGradient: Address,
    varGradient: Address,
    stats: Address,
    channels: number,
    area: number,
    groups: number,
    count: number,
    epsilon: number,
  ): void;
  batchNormInfer(
    x: Address,
    y: Address,
    scale: Address,
    shift: Address,
    runningMean: Address,
    runningVar: Address,
    channels: number,
    area: number,
    groups: number,
    epsilon: number,
  ): void;
  batchNormBackward(
    x: Address,
    dy: Address,
    dx: Address,
    scale: Address,
    scaleGradient: Address,
    shiftGradient: Address,
    stats: Address,
    channels: number,
    area: number,
    groups: number,
    count: number,
  ): void;
  layerNorm(
    x: Address,
    y: Address,
    scale: Address,
    shift: Address,
    stats: Address,
    features: number,
    groups: number,
    epsilon: number,
  ): void;
  layerNormBackward(
    x: Address,
    dy: Address,
    dx: Address,
    scale: Address,
    scaleGradient: Address,
    shiftGradient: Address,
    stats: Address,
    features: number,
    groups: number,
  ): void;

  crossEntropy: LossKernel;
  squareError: LossKernel;
  squaredError: LossKernel;
  perceptron: LossKernel;
  correct(): number;
};
