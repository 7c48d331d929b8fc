/** "Did you mean": names that are known, in Chinese. */
import { NAMES_SHOWN_MAX } from '../english/names.ts';
import { zh } from './zh.ts';

type Names = { readonly nearest: string | null; readonly known: readonly string[] };

/** `是不是想写 "lr"？可用的名称：lr、momentum。` The list is left out when it is long. */
export function namesInChinese({ nearest, known }: Names): string {
  const list = zh`可用的名称：${known.join('、')}。`;
  if (nearest === null) return known.length === 0 ? '这里没有可用的名称。' : list;
  return zh`是不是想写 "${nearest}"？${known.length > 1 && known.length <= NAMES_SHOWN_MAX ? list : ''}`;
}
