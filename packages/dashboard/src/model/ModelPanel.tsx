/** The model of the run. */
export function ModelPanel() {
  return null;
}
