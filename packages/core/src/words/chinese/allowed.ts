/** What a field may be, in Chinese, so that it follows 必须是: "1 到 4096 的整数". */
import type { Allowed } from '../../facts/allowed.ts';
import { zh } from './zh.ts';

export function allowedInChinese(allowed: Allowed): string {
  switch (allowed.kind) {
    case 'number':
      return numberInChinese(allowed);
    case 'whole':
      return whole(allowed);
    case 'pair':
      return zh`${whole(allowed)}，或两个这样的整数 [height, width]（高、宽）`;
    case 'flag':
      return 'true（是）或 false（否）';
    case 'text':
      return zh`最多 ${allowed.most} 个字符的文本`;
    case 'sha256':
      return '文件的 SHA-256，即 64 位小写十六进制数字';
    case 'names':
      return zh`${allowed.names.join('、')} 之一`;
    case 'object':
      return zh`含有字段 ${allowed.fields.join('、')} 的对象`;
    case 'list':
      return zh`${allowed.most === undefined ? '' : zh`最多 ${allowed.most} 项的`}${LISTS[allowed.of]}`;
  }
}

const LISTS: Readonly<Record<Extract<Allowed, { kind: 'list' }>['of'], string>> = {
  layers: '层的列表',
  numbers: '数的列表',
  rows: '行的列表，每个单元一行',
  names: '名称的列表',
  unitNumbers: '数的列表，每个单元一个',
  extents: '各维长度的列表：[features]（特征数），或 [channels, height, width]（通道、高、宽）',
};

const UNITS = { pixels: '像素', degrees: '度' } as const;

function numberInChinese({ above, least, below, most, unit }: Extract<Allowed, { kind: 'number' }>): string {
  const of = unit === undefined ? '' : zh`（单位：${UNITS[unit]}）`;
  if (least !== undefined && most !== undefined) return zh`${least} 到 ${most} 的数${of}`;
  const bounds = [
    ...(above === undefined ? [] : [zh`大于 ${above}`]),
    ...(least === undefined ? [] : [zh`不小于 ${least}`]),
    ...(below === undefined ? [] : [zh`小于 ${below}`]),
    ...(most === undefined ? [] : [zh`不大于 ${most}`]),
  ];
  return bounds.length === 0 ? zh`一个数${of}` : zh`${bounds.join(' 且')} 的数${of}`;
}

const whole = ({ least, most }: { readonly least: number; readonly most: number | null }): string =>
  most === null ? zh`不小于 ${least} 的整数` : zh`${least} 到 ${most} 的整数`;
