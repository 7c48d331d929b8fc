/** Paints the loss along one weight, with the tangent that backpropagation claims for it. */
import type { Theme } from '../../shared/theme.ts';
import type { SlopeCheck } from '../lab/gradient.ts';

const COLOURS: Readonly<
  Record<
    Theme,
    { readonly ink: string; readonly line: string; readonly tangent: string; readonly quiet: string }
  >
> = {
  light: { ink: '#17202b', line: '#0072b2', tangent: '#d55e00', quiet: '#55606e' },
  dark: { ink: '#e8ecf1', line: '#56b4e9', tangent: '#f0894a', quiet: '#a6b1bf' },
};

export function paintCurve(
  context: CanvasRenderingContext2D,
  theme: Theme,
  { check, curve }: SlopeCheck,
  width: number,
  height: number,
): void {
  const { weights, losses } = curve;
  const colours = COLOURS[theme];
  const finite = losses.filter(Number.isFinite);
  let [low, high] = [Math.min(...finite), Math.max(...finite)];
  // A loss that hardly moves with this weight is shown as nearly flat, not as noise.
  const least = Math.max(1e-5, 1e-3 * Math.abs(high));
  if (high - low < least) [low, high] = [(low + high - least) / 2, (low + high + least) / 2];
  const [left, right, top, bottom] = [12, width - 12, 16, height - 32];
  const from = weights[0];
  const to = weights[weights.length - 1];
  const x = (weight: number): number => left + ((weight - from) / (to - from)) * (right - left);
  const y = (loss: number): number => bottom - ((loss - low) / (high - low)) * (bottom - top);
  const middle = (check.lossAbove + check.lossBelow) / 2;

  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.strokeStyle = colours.line;
  context.lineWidth = 3;
  context.beginPath();
  weights.forEach((weight, i) => {
    if (Number.isFinite(losses[i])) context.lineTo(x(weight), y(losses[i]));
  });
  context.stroke();

  context.save();
  context.beginPath();
  context.rect(0, top - 8, width, bottom - top + 16);
  context.clip();
  context.strokeStyle = colours.tangent;
  context.lineWidth = 2.5;
  context.setLineDash([8, 6]);
  context.beginPath();
  for (const weight of [from, to]) {
    context.lineTo(x(weight), y(middle + check.backpropagation * (weight - check.value)));
  }
  context.stroke();
  context.restore();

  context.fillStyle = colours.ink;
  context.beginPath();
  context.arc(x(check.value), y(middle), 6, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = colours.quiet;
  context.font = '13px system-ui, sans-serif';
  context.textBaseline = 'bottom';
  for (const [weight, align] of [
    [from, 'left'],
    [check.value, 'center'],
    [to, 'right'],
  ] as const) {
    context.textAlign = align;
    context.fillText(`w = ${weight.toPrecision(3)}`, x(weight), height - 4);
  }
}
