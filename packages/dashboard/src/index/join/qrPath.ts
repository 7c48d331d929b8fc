/** A QR code (ISO/IEC 18004) as one SVG path. */
import { encode } from 'uqr';

/** Light modules around the code, as the standard asks for. */
const QUIET = 4;

export type QrPath = { readonly size: number; readonly path: string };

/** Dark modules joined to runs in each row; one unit a module, the quiet zone included in `size`. */
export function qrPath(text: string): QrPath {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET });
  const rows = data.map((row, y) => {
    let path = '';
    for (let x = 0; x < row.length; x += 1) {
      if (row[x] !== true) continue;
      const start = x;
      while (row[x + 1] === true) x += 1;
      path += `M${start} ${y}h${x - start + 1}v1h-${x - start + 1}z`;
    }
    return path;
  });
  return { size, path: rows.join('') };
}
