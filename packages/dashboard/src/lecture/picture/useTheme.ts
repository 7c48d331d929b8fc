/** Dark or light, for pictures that mix their own colours. */
import { type Theme, theme } from '../../shared/theme.ts';

export const useTheme = (): Theme => theme.value;
